import Koa, { type Context, type Next } from "koa";
import type { Identity } from "./identity";
import type { Phase } from "./lifecycle";
import type { Log } from "./log";
import type { Metrics } from "./metrics";
import { followRequests, logErrors } from "./requests";
import { createRouter, type RouterOptions } from "./routes";

/** What the app needs: what its routes tell, its logger and its metrics. */
export interface AppOptions extends RouterOptions {
  readonly log: Log;
  readonly metrics?: Metrics;
}

/** Makes the Koa app with all its routes. It doesn't listen. */
export function createApp({ log, metrics, ...told }: AppOptions): Koa {
  const { identity, phase } = told;
  const app = new Koa();
  const router = createRouter(told);
  app.on("error", logErrors(log));
  app.use(followRequests(log, metrics));
  app.use(tellTrack(identity));
  app.use(leaveWhenDraining(phase));
  app.use(router.routes());
  app.use(router.allowedMethods()); // HEAD, OPTIONS, 405 and 501 as in RFC 9110
  return app;
}

/** The header that names the track of the pod that answered. */
const TRACK = "Release-Track";

/** Names the track in every answer, errors included, so that a client can tell which track fails. */
function tellTrack({ track }: Identity) {
  return async (ctx: Context, next: Next): Promise<void> => {
    ctx.set(TRACK, track);
    try {
      await next();
    } catch (error) {
      // Koa's answer to an error has only the error's own headers.
      if (error instanceof Error) Object.assign(error, { headers: { [TRACK]: track } });
      throw error;
    }
  };
}

/**
 * Tells clients to close their connections (RFC 9112 9.6): if the server closed a kept-alive connection unannounced, it
 * could lose a request on its way. Decided when the answer is ready, so that it covers requests from before the drain.
 */
function leaveWhenDraining(phase: () => Phase) {
  return async (ctx: Context, next: Next): Promise<void> => {
    try {
      await next();
    } finally {
      // Node.js writes `Connection: close` for it. A header set here would not survive Koa's answer to an error.
      if (phase() === "draining") ctx.res.shouldKeepAlive = false;
    }
  };
}
