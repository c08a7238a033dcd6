import { once } from "node:events";
import {
  request,
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from "node:http";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request to a port of this machine: on a connection of its own, unless an agent keeps them alive. */
export async function ask(
  port: number,
  method: string,
  path: string,
  agent?: Agent,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  const sent = request({ host: "127.0.0.1", port, method, path, headers, agent: agent ?? false }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** A connection on which a test sends every byte itself, when it likes. */
export class Wire {
  readonly #socket: Socket;
  received = "";
  closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8").on("data", (data: string) => (this.received += data));
    socket.on("error", (error) => (this.received += String(error)));
    socket.on("close", () => (this.closed = true));
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new Wire(socket);
  }

  send(data: string): void {
    this.#socket.write(data);
  }

  /** Waits until this has been received, or the connection closed without it. */
  async receives(expected: RegExp): Promise<string> {
    while (!expected.test(this.received)) {
      if (this.closed) throw new Error(`closed after ${JSON.stringify(this.received)}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.received;
  }

  /** Waits until the service has closed the connection. Returns all that was received. */
  async ended(): Promise<string> {
    if (!this.closed) await once(this.#socket, "close");
    return this.received;
  }
}
