import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server does with its nth request, from 1. If it returns false, the server answers as a pod does. */
export type Behaviour = (n: number, req: IncomingMessage, res: ServerResponse) => boolean;

/** A server that counts its requests and connections, and misbehaves as a test says. */
export class CountingServer {
  requests = 0;
  connections = 0;
  /** The requests on each connection. */
  readonly perConnection = new Map<number, number>();
  readonly #server;
  /** Its URL, also after it has stopped. */
  url = "";

  private constructor(behaviour: Behaviour) {
    this.#server = createServer((req, res) => {
      this.requests++;
      this.#countConnection(req);
      if (!behaviour(this.requests, req, res)) res.end(pod());
    });
    this.#server.on("connection", () => this.connections++);
  }

  static async start(behaviour: Behaviour = () => false): Promise<CountingServer> {
    const server = new CountingServer(behaviour);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    server.url = `http://127.0.0.1:${(server.#server.address() as AddressInfo).port}`;
    return server;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  #countConnection({ socket }: IncomingMessage): void {
    const port = socket.remotePort ?? 0;
    this.perConnection.set(port, (this.perConnection.get(port) ?? 0) + 1);
  }
}

/** A pod's answer at /pod. */
export function pod(name = "api-1", version = "v1"): string {
  return JSON.stringify({ name, track: "stable", version });
}
