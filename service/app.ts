import Koa, { type Context, type Next } from "koa";
import type { Identity } from "./identity";
import type { Phase } from "./lifecycle";
import type { Log } from "./log";
import { createRouter } from "./routes";

/** What the app has to know: who answers, where to log, and the phase at the moment of asking. */
export interface AppOptions {
  readonly identity: Identity;
  readonly log: Log;
  readonly phase: () => Phase;
}

/** Asked every few seconds by the kubelet: a line for each would hide the others. */
const probes = new Set(["/healthcheck", "/readyz"]);

/** Makes the Koa app with all its routes. It doesn't listen. */
export function createApp({ identity, log, phase }: AppOptions): Koa {
  const app = new Koa();
  const router = createRouter(identity, phase);
  app.on("error", (error: Error, ctx?: Context) => logError(log, error, ctx));
  app.use(logRequests(log));
  app.use(leaveWhenDraining(phase));
  app.use(router.routes());
  app.use(router.allowedMethods()); // HEAD, OPTIONS, 405 and 501 as in RFC 9110
  return app;
}

/** Logs a line for each request once it is over, whether it was answered or its client had left. */
function logRequests(log: Log) {
  return (ctx: Context, next: Next): Promise<unknown> => {
    if (probes.has(ctx.path)) return next();
    const start = performance.now();
    ctx.res.once("close", () => {
      const durationMs = Math.round((performance.now() - start) * 1000) / 1000;
      const answered = ctx.res.writableFinished;
      // The path without the query, which may hold secrets.
      log.info({ method: ctx.method, path: ctx.path, status: ctx.status, durationMs, answered }, "request");
    });
    return next();
  };
}

/**
 * Tells clients to leave (RFC 9112 9.6): a kept-alive connection that is closed without a word loses the request
 * that is on its way. Decided after the work is done, so that a request from before the drain says it too.
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

/** Koa has answered 500 without details by then. An error that is the client's doing isn't one of ours. */
function logError(log: Log, error: Error & { expose?: boolean; code?: string }, ctx?: Context): void {
  const request = ctx && { method: ctx.method, path: ctx.path };
  if (error.expose || error.code === "ECONNRESET") log.debug({ err: error, ...request }, "client error");
  else log.error({ err: error, ...request }, "unexpected error");
}
