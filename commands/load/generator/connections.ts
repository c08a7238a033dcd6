import { Client } from "undici";
import type { Answer } from "./outcome";

interface ConnectionsOptions {
  readonly url: string;
  readonly path: string;
  readonly connections: number;
  readonly newShare: number;
  readonly timeoutMs: number;
}

/**
 * The connections to one service. Some are kept alive: each stays with the pod that it reached first. The others are
 * closed after each answer: each request may reach another pod.
 */
export class Connections {
  readonly #path: string;
  readonly #timeoutMs: number;
  readonly #kept: Ring;
  readonly #fresh: Ring;

  constructor({ url, path, connections, newShare, timeoutMs }: ConnectionsOptions) {
    const target = new URL(path, url);
    this.#path = target.pathname + target.search;
    this.#timeoutMs = timeoutMs;
    const fresh = Math.round(connections * newShare);
    this.#kept = new Ring(target.origin, connections - fresh, timeoutMs);
    this.#fresh = new Ring(target.origin, fresh, timeoutMs);
  }

  /**
   * Sends one request, once. If undici finds the connection closed before it has written anything, it uses the next one.
   *
   * @param fresh whether to use a new connection
   * @param due when the request should be sent, in milliseconds of `performance.now()`. The time limit counts from then
   */
  async ask(fresh: boolean, due: number): Promise<Answer> {
    const client = (fresh ? this.#fresh : this.#kept).next();
    const left = Math.ceil(due + this.#timeoutMs - performance.now());
    const signal = AbortSignal.timeout(Math.max(1, left));
    const { statusCode, headers, body } = await client.request({
      path: this.#path,
      method: "GET",
      reset: fresh,
      signal,
    });
    const track = headers["release-track"];
    return { status: statusCode, body: await body.text(), ...(typeof track === "string" && { track }) };
  }

  /** Closes all connections at once. */
  async close(): Promise<void> {
    await Promise.all([this.#kept.close(), this.#fresh.close()]);
  }
}

/** Clients with one connection each, used in turn. Busy clients are skipped. */
class Ring {
  /** The next one to use is the first. */
  readonly #clients: Client[];

  constructor(origin: string, size: number, timeoutMs: number) {
    // No time limits of undici: each request has its own, which counts from when it was due.
    const options = { pipelining: 1, headersTimeout: 0, bodyTimeout: 0, connectTimeout: timeoutMs };
    // At least one client, which connects only if used: a share that rounds to 0 connections may have requests.
    this.#clients = Array.from({ length: Math.max(1, size) }, () => new Client(origin, options));
  }

  next(): Client {
    const idle = this.#clients.findIndex((client) => client.stats.size === 0);
    this.#clients.push(...this.#clients.splice(0, Math.max(0, idle) + 1));
    return this.#clients.at(-1)!;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.destroy()));
  }
}
