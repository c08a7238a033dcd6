import { once } from "node:events";
import type { Server } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** The phase of a server. It answers requests in all three, but only a `ready` one wants them. */
export type Phase = "starting" | "ready" | "draining";

/** How often a closed server looks for idle connections, in milliseconds. */
const SWEEP_MS = 500;

/** Times in milliseconds from the start of the drain: how long to accept connections, and when to cut off the rest. */
export interface DrainTimes {
  readonly acceptMs: number;
  readonly overMs: number;
}

/** A server's life: starting, then ready, then draining until the last request is answered. */
export class Lifecycle {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #draining = false;

  /** Follows a server that doesn't listen yet, and its connections. */
  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /** Ready from the moment the server listens until the drain begins. */
  get phase(): Phase {
    if (this.#draining) return "draining";
    return this.#server.listening ? "ready" : "starting";
  }

  /**
   * Stops without losing a request that can be answered in time:
   *
   * 1. at once: not ready any more, and every answer tells its client to close the connection;
   * 2. for `acceptMs`: goes on accepting, until no load balancer sends anything new;
   * 3. then: accepts nothing, closes what is idle and waits for what is in flight;
   * 4. at `overMs`, or once `hurry` is aborted: closes what is left.
   *
   * Two kinds of requests can't be saved, and clients have to send them again (RFC 9112 9.3.1 and 9.6): one that is sent
   * at the moment of 3 on a connection that was idle during all of 2, and pipelined requests behind an answer that said
   * `Connection: close`.
   *
   * @returns how many connections were cut with a request in flight; 0 when all went well
   */
  async drain({ acceptMs, overMs }: DrainTimes, hurry: AbortSignal): Promise<number> {
    this.#draining = true;
    if (!this.#server.listening) return 0;
    const over = AbortSignal.any([hurry, AbortSignal.timeout(overMs)]);
    await unless(over, (signal) => sleep(acceptMs, undefined, { signal }));
    await unless(over, (signal) => this.#close(signal));
    return this.#cut();
  }

  /** Resolves once the last connection is closed. */
  async #close(signal: AbortSignal): Promise<void> {
    const closed = once(this.#server, "close", { signal });
    this.#server.close();
    const sweep = setInterval(() => this.#sweep(), SWEEP_MS);
    await closed.finally(() => clearInterval(sweep));
  }

  /**
   * Closes idle connections. `Server.close()` looks for them only once and stops checking timeouts, so it would wait for
   * ever for a connection that becomes idle later, or on which nothing was ever sent, such as a browser's spare one. The
   * latter had `SWEEP_MS` to send its first byte.
   */
  #sweep(): void {
    this.#server.closeIdleConnections();
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }

  #cut(): number {
    this.#sweep();
    const inFlight = [...this.#sockets].filter((socket) => !socket.destroyed);
    this.#server.closeAllConnections();
    return inFlight.length;
  }
}

/** Waits for work unless it is aborted. An abort is no error. */
async function unless(signal: AbortSignal, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  try {
    if (!signal.aborted) await work(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
