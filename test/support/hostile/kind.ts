import type { Arbitrary } from "fast-check";
import type { Attack } from "./attack";

/** A kind of attack: what is sent, and the statuses that are allowed. No answer is always allowed. */
export interface Kind {
  readonly name: string;
  readonly attacks: Arbitrary<Attack>;
  readonly allowed: readonly number[];
}

/** What every request needs. */
export const HOST = "Host: a\r\n";
/** For legal requests, so that the connection ends. */
export const LAST = "Host: a\r\nConnection: close\r\n";

/** Sends it in one piece, and waits to be cut off. */
export function sendsAll(data: string): Attack {
  return { sends: [data], then: "waits" };
}

/** Sends it in one piece, and closes its half of the connection, as a client that has finished does. */
export function sendsAndEnds(data: string): Attack {
  return { sends: [data], then: "half-closes" };
}
