import type { Context, Middleware, Next } from "koa";
import type { Log } from "./log";
import type { Metrics } from "./metrics";
import { onRequestEnd } from "./request-end";
import { requestId, traceparent } from "./request-id";

/** The probes' paths. They aren't logged, because their lines would hide all others. Metrics count them. */
const probes = new Set(["/healthcheck", "/readyz"]);

/** nginx's status for a client that closed the connection before it was answered. */
const CLIENT_LEFT = 499;

/**
 * Gives each request its id. Logs and counts it when it ends, whether it was answered or its client has left.
 */
export function followRequests(log: Log, metrics: Metrics | undefined): Middleware {
  return (ctx: Context, next: Next): Promise<unknown> => {
    const id = requestId(ctx.req.headers);
    ctx.state.requestId = id;
    ctx.res.setHeader("X-Request-Id", id);
    const logged = !probes.has(ctx.path);
    if (!logged && !metrics) return next();
    const start = performance.now();
    metrics?.begin();
    onRequestEnd(ctx.req, ctx.res, () => {
      const durationMs = performance.now() - start;
      const status = ctx.res.writableFinished ? ctx.status : CLIENT_LEFT;
      metrics?.end(route(ctx), ctx.method, status, durationMs / 1000);
      if (logged) logRequest(log, ctx, durationMs);
    });
    return next();
  };
}

/** The path without the query, which may contain secrets. */
function logRequest(log: Log, { req, res, method, path, status, state }: Context, durationMs: number): void {
  const line = { method, path, status, durationMs: Math.round(durationMs * 1000) / 1000 };
  const ids = { requestId: String(state.requestId), traceparent: traceparent(req.headers) };
  log.info({ ...line, answered: res.writableFinished, ...ids }, "request");
}

/** The pattern of the route that answers, even if it doesn't know the method. */
function route(ctx: Context): string {
  const { matched } = ctx as { matched?: { path: string | RegExp }[] };
  return String(matched?.[0]?.path ?? "unmatched");
}

/** An error of Koa or Node.js. `rawPacket` is everything that a client has sent, and must never be logged. */
type RequestError = Error & { expose?: boolean; code?: string; headers?: object; rawPacket?: unknown };

/** Errors that the client caused: it has left, has sent something that can't be parsed, or was too slow. */
const clientErrors = /^(ECONNRESET|EPIPE|ERR_HTTP_REQUEST_TIMEOUT|HPE_\w+)$/;

/**
 * Logs unexpected errors, and keeps the request's id in the answer, because Koa drops all headers. The answer is 500
 * without details. Errors that the client caused aren't logged as ours.
 */
export function logErrors(log: Log) {
  return (error: RequestError, ctx?: Context): void => {
    const id = ctx?.state.requestId as string | undefined;
    const request = ctx && { method: ctx.method, path: ctx.path, requestId: id };
    if (id !== undefined) error.headers = { ...error.headers, "X-Request-Id": id };
    delete error.rawPacket;
    const clients = error.expose === true || clientErrors.test(error.code ?? "");
    if (clients) log.debug({ err: error, ...request }, "client error");
    else log.error({ err: error, ...request }, "unexpected error");
  };
}
