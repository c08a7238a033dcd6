import { attack, type Attack } from "./attack";
import { HOST } from "./kind";

/** A slow client, and the statuses that it may get before it is cut off. */
export interface Slow {
  readonly name: string;
  readonly attack: Attack;
  readonly allowed: readonly number[];
}

const post = (headers: string) => `POST /ip HTTP/1.1\r\n${HOST}${headers}\r\n\r\n`;

/** Clients that don't send all headers. */
export const slowHeaders: readonly Slow[] = [
  stops("says nothing", ""),
  drips("sends empty lines", "", "\r\n"),
  stops("stops within the request line", "GET /i"),
  stops("stops within the headers", `GET /ip HTTP/1.1\r\n${HOST}`),
  drips("sends a header by the byte", "GET /ip HTTP/1.1\r\nX-A: ", "a"),
  drips("sends header after header", "GET /ip HTTP/1.1\r\n", "A: b\r\n"),
  stops("begins a second request and stops", `GET /ip HTTP/1.1\r\n${HOST}\r\nGET`),
].map((slow) => ({ ...slow, allowed: [200, 408] }));

/** Clients that send the headers, and not the whole body. */
export const slowBodies: readonly Slow[] = [
  stops("stops before the body", post("Content-Length: 9")),
  stops("stops when it is asked for the body", post("Content-Length: 9\r\nExpect: 100-continue")),
  stops("stops within the body", `${post("Content-Length: 9")}a`),
  drips("sends a body by the byte", post("Content-Length: 9999"), "a"),
  drips("sends a body chunk by chunk", post("Transfer-Encoding: chunked"), "1\r\na\r\n"),
].map((slow) => ({ ...slow, allowed: [405, 408] }));

/** Attacks a port as a slow client. @returns what went wrong: it was answered otherwise, or not cut off in time */
export async function outlast(port: number, slow: Slow, withinMs: number): Promise<string[]> {
  const { statuses, endedMs } = await attack(port, slow.attack, withinMs);
  if (endedMs === undefined) return [`a client that ${slow.name} was not cut off within ${withinMs} ms`];
  const unexpected = statuses.filter((status) => !slow.allowed.includes(status));
  return unexpected.length > 0 ? [`a client that ${slow.name} was answered ${unexpected.join(", ")}`] : [];
}

/** Requests more than all buffers on the way hold (about 20 MB), and reads nothing for a while. */
export function deaf(requests: number, deafMs: number): Attack {
  const page = `GET / HTTP/1.1\r\n${HOST}Accept: text/html\r\n\r\n`;
  return { sends: [page.repeat(requests)], then: "waits", deafMs };
}

function stops(name: string, sent: string): Omit<Slow, "allowed"> {
  return { name, attack: { sends: [sent], then: "waits" } };
}

/** Sends drops for longer than any test waits. */
function drips(name: string, first: string, drop: string): Omit<Slow, "allowed"> {
  return {
    name,
    attack: { sends: [first, ...Array<string>(1_000).fill(drop)], pauseMs: 250, then: "waits" },
  };
}
