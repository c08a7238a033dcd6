import Router from "@koa/router";
import type { Context } from "koa";
import type { CpuUse } from "./cpu-use";
import type { Identity } from "./identity";
import type { Phase } from "./lifecycle";
import { etag, html, policy } from "./page.build";

/** What the routes tell: who answers, in which phase, and how much CPU it uses. */
export interface RouterOptions {
  readonly identity: Identity;
  readonly phase: () => Phase;
  /** Undefined without an autoscaler. */
  readonly cpuUse?: () => CpuUse | undefined;
}

/** Makes the router with all routes of the service. */
export function createRouter({ identity, phase, cpuUse }: RouterOptions): Router {
  const router = new Router();
  const pod = () => ({ ...identity, cpu: cpuUse?.() });
  // Liveness means that the process can answer at all, so it checks nothing else and holds while draining too.
  router.get("/healthcheck", (ctx) => {
    ctx.body = "Hello World";
  });
  router.get("/readyz", (ctx) => {
    ctx.body = phase();
    if (ctx.body !== "ready") ctx.status = 503;
  });
  router.get("/ip", (ctx) => {
    ctx.body = identity.ip;
  });
  router.get("/pod", (ctx) => {
    answerPod(ctx, pod(), phase());
  });
  router.get("/", (ctx) => {
    ctx.vary("Accept");
    ctx.set("Cache-Control", "no-cache"); // asked again each time, so that a rollout's new page is seen
    if (ctx.accepts("json", "html") === "html") answerPage(ctx);
    else answerPod(ctx, pod(), phase());
  });
  return router;
}

/**
 * Answers with this pod's identity. `?connection=close` closes the connection after the answer, so that the load balancer
 * chooses again. It is for clients that can't send `Connection: close`, such as scripts in a browser.
 */
function answerPod(ctx: Context, pod: object, phase: Phase): void {
  ctx.set("Lifecycle-Phase", phase);
  if (ctx.query.connection === "close") ctx.res.shouldKeepAlive = false;
  ctx.body = pod;
}

/** The live page, for clients that ask for HTML by name, as browsers do. */
function answerPage(ctx: Context): void {
  ctx.set("Content-Security-Policy", policy);
  ctx.set("X-Content-Type-Options", "nosniff");
  ctx.set("Referrer-Policy", "no-referrer");
  ctx.etag = etag;
  ctx.type = "html";
  ctx.body = html;
  if (ctx.fresh) ctx.status = 304;
}
