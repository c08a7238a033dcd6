import { once } from "node:events";
import { createServer as createHttpServer, type Server, type ServerOptions } from "node:http";
import { refuseMalformed, type App } from "./malformed";

/** Limits on clients, in milliseconds and bytes. */
const limits = {
  // How long a client may take to send its headers.
  headersTimeout: 10_000,
  // How long a client may take to send the whole request. No endpoint reads a body.
  requestTimeout: 30_000,
  // How often Node.js checks these two: they fire up to this much late. Its default of 30 s would treble the first.
  connectionsCheckingInterval: 2_000,
  // Longer than the 60 s after which load balancers usually close: the side that closes first can't lose a request.
  keepAliveTimeout: 72_000,
  // As in nginx: half of Node.js's 16 KiB. Longer headers are answered with 431.
  maxHeaderSize: 8 * 1024,
} satisfies ServerOptions;

/**
 * Requests on one connection before the client is told to open another. Kubernetes balances connections, not requests:
 * a client that kept one for ever would never reach a new pod or another track.
 */
const MAX_REQUESTS_PER_SOCKET = 1000;

/**
 * In milliseconds. A client that reads nothing of its answer is cut off after one to two times this long, because Node.js
 * checks once per period. As with nginx's `send_timeout`, an answer that makes progress may take longer. A route that
 * writes nothing for this long is cut off too.
 */
const STALL_TIMEOUT_MS = 30_000;

/** Makes an HTTP server with these limits. It doesn't listen yet. */
export function createServer(): Server {
  const server = createHttpServer(limits);
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  server.timeout = STALL_TIMEOUT_MS;
  return server;
}

/** Passes all valid HTTP/1.1 requests to an app. */
export function answerWith(server: Server, app: App): void {
  server.on("request", refuseMalformed(app));
}

/** The server can't listen. The message is one line that says what to do. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/**
 * Listens on all addresses, IPv4 and IPv6.
 *
 * @param variable the environment variable that sets the port, for the error
 * @returns the port; chosen by the system if 0 was given
 * @throws {ListenError} if the port is taken or not permitted
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
