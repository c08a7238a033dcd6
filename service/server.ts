import { once } from "node:events";
import { createServer as createHttpServer, type Server, type ServerOptions } from "node:http";
import { refuseMalformed, type App } from "./malformed";

/** What a client may take of the server, in milliseconds and bytes. Each is set on purpose, none by default. */
const limits = {
  // A client that sends its headers by the byte, or nothing at all, holds a connection no longer than this.
  headersTimeout: 10_000,
  // The same for a whole request. No endpoint reads a body.
  requestTimeout: 30_000,
  // Timeouts are looked at this often, so they are late by this much. Node.js's own 30 s would treble the first.
  connectionsCheckingInterval: 2_000,
  // Longer than the 60 s after which load balancers usually close: who closes first can't lose a request.
  keepAliveTimeout: 72_000,
  // Half of Node.js's 16 KiB, as much as nginx takes. More is answered with 431.
  maxHeaderSize: 8 * 1024,
} satisfies ServerOptions;

/**
 * Requests on one connection before the client is asked to open another. Kubernetes balances connections, not
 * requests: a client that kept one for ever would never meet a new pod or another track.
 */
const MAX_REQUESTS_PER_SOCKET = 1000;

/**
 * A client that takes nothing of its answer is cut off after once to twice as long: Node.js looks at what waits to be
 * sent each time that this is over. Like nginx's `send_timeout`, it is no limit for an answer that moves on. It is one
 * for a route that says nothing for that long.
 */
const STALL_TIMEOUT_MS = 30_000;

/** Makes the HTTP server, with its limits. It doesn't listen, and has no answers. */
export function createServer(): Server {
  const server = createHttpServer(limits);
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  server.timeout = STALL_TIMEOUT_MS;
  return server;
}

/** Has an app answer whatever is a request of HTTP/1.1. */
export function answerWith(server: Server, app: App): void {
  server.on("request", refuseMalformed(app));
}

/** The server can't listen. The message is one line that says what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/**
 * Listens on all addresses, IPv4 and IPv6. The variable is the one to change where the port can't be had.
 *
 * @returns the port, which the system has chosen where 0 was given
 * @throws {ListenError} where the port is taken or not permitted
 */
export async function listen(server: Server, port: number, variable: string): Promise<number> {
  server.listen(port);
  try {
    await once(server, "listening");
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, port, variable);
  }
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

function explain(error: NodeJS.ErrnoException, port: number, variable: string): Error {
  if (error.code === "EADDRINUSE") {
    return new ListenError(
      `Port ${port} is already in use: stop what listens there, or set ${variable} to another one`,
    );
  }
  if (error.code === "EACCES") {
    return new ListenError(`Port ${port} may not be opened by this user: set ${variable} to 1024 or more`);
  }
  return error;
}
