import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

/** The characters of usual ids: UUIDs, hexadecimal, base64, ULIDs. None can forge a line or a field of a log. */
const sane = /^[\w.:+/=@-]{1,128}$/;

/** Version 00 of https://www.w3.org/TR/trace-context/#traceparent-header, and what later ones have in common with it. */
const trace = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** The request's id in all logs: the client's, if it sent a valid one, or else a new one. */
export function requestId(headers: IncomingHttpHeaders): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && sane.test(given) ? given : randomUUID();
}

/** The trace that a request is part of, if it is sent and valid. */
export function traceparent(headers: IncomingHttpHeaders): string | undefined {
  const given = headers.traceparent;
  return typeof given === "string" && trace.test(given) ? given : undefined;
}
