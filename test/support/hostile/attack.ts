import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What a hostile or broken client does. */
export interface Attack {
  /** Sent one after the other, each in a packet of its own; binary is Latin-1. */
  readonly sends: readonly string[];
  /** Between two sends, in milliseconds. */
  readonly pauseMs?: number;
  /** After that: waits to be cut off, closes its half of the connection, or resets all of it. */
  readonly then: "waits" | "half-closes" | "resets";
  /** For so many milliseconds, the client reads nothing, not even the end of the connection. */
  readonly deafMs?: number;
}

/** The outcome of an attack. */
export interface Outcome {
  /** The statuses of all answers, without `100 Continue`. */
  readonly statuses: readonly number[];
  /** From the connection's beginning to its end, in milliseconds; undefined if the service has not ended it. */
  readonly endedMs: number | undefined;
}

/** Attacks once, and waits until the connection ends, at most for `patience` milliseconds. */
export async function attack(port: number, { sends, ...how }: Attack, patience: number): Promise<Outcome> {
  const start = performance.now();
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  let received = "";
  let ended: number | undefined;
  const over = new AbortController();
  const end = () => {
    ended ??= performance.now() - start;
    over.abort();
    socket.destroy();
  };
  socket.setEncoding("latin1").on("end", end).on("error", end).on("close", end);
  socket.on("data", (data: string) => (received += data)).pause();
  setTimeout(() => socket.resume(), how.deafMs ?? 0);
  const patient = AbortSignal.any([over.signal, AbortSignal.timeout(patience)]);
  await quietly(once(socket, "connect", { signal: patient }));
  for (const [index, data] of sends.entries()) {
    if (patient.aborted) break;
    socket.write(data, "latin1");
    if (index < sends.length - 1) await quietly(sleep(how.pauseMs ?? 0, undefined, { signal: patient }));
  }
  if (how.then === "half-closes") socket.end();
  if (how.then === "resets") socket.resetAndDestroy();
  if (!patient.aborted) await quietly(once(patient, "abort"));
  const endedMs = ended;
  socket.destroy();
  const statuses = [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  return { statuses: statuses.filter((status) => status !== 100), endedMs };
}

/** Waits for work, and ignores its errors: the connection may have ended meanwhile. */
async function quietly(work: Promise<unknown>): Promise<void> {
  await work.catch(() => undefined);
}
