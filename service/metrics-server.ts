import type { Server } from "node:http";
import Router from "@koa/router";
import Koa from "koa";
import type { Registry } from "prom-client";
import type { Log } from "./log";
import { logErrors } from "./requests";
import { answerWith, createServer } from "./server";

/**
 * Makes the server that Prometheus scrapes, `GET /metrics`. It has a port of its own, which no Service exposes. It isn't
 * drained: it answers until the process exits, so that the last requests are counted too.
 */
export function createMetricsServer(registry: Registry, log: Log): Server {
  const router = new Router();
  router.get("/metrics", async (ctx) => {
    ctx.set("Content-Type", registry.contentType);
    ctx.body = await registry.metrics();
  });
  const app = new Koa();
  app.on("error", logErrors(log));
  app.use(router.routes());
  app.use(router.allowedMethods());
  const server = createServer();
  answerWith(server, app.callback());
  return server;
}
