import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server does with the requests for one path. */
export type Answer = string | Buffer | ((response: ServerResponse) => void);

/** A real HTTP server on a port of its own. It answers any other path with 404. */
export class FileServer {
  readonly requests: string[] = [];
  readonly #server = createServer(({ url = "" }, response) => {
    this.requests.push(url);
    const answer = this.answers[url];
    if (typeof answer === "function") answer(response);
    else if (answer === undefined) response.writeHead(404).end("no such file".repeat(10_000));
    else response.end(answer);
  });

  constructor(readonly answers: Record<string, Answer> = {}) {}

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** Gives each test of the suite a server of its own. */
export function useServer(): () => FileServer {
  let server = new FileServer();
  beforeEach(async () => (server = await new FileServer().start()));
  afterEach(() => server.stop());
  return () => server;
}

/** Sends the beginning of a body and closes the connection. */
export function brokenOff(body: Buffer | string): Answer {
  return (response) => {
    response.writeHead(200, { "content-length": body.length });
    response.write(body.slice(0, body.length / 2), () => response.destroy());
  };
}
