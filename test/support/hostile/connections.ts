import fc from "fast-check";
import { HOST, type Kind, LAST, sendsAll, sendsAndEnds } from "./kind";

const good = `GET /ip HTTP/1.1\r\n${HOST}\r\n`;
const last = `GET /ip HTTP/1.1\r\n${LAST}\r\n`;
const count = fc.integer({ min: 1, max: 60 });
const cut = (text: string) => fc.integer({ min: 1, max: text.length - 1 }).map((end) => text.slice(0, end));

/** What is done with a connection: all of it legal, apart from the junk. */
export const connections: readonly Kind[] = [
  { name: "pipelining", attacks: count.map((n) => sendsAll(good.repeat(n) + last)), allowed: [200] },
  {
    name: "pipelining with junk behind it",
    attacks: count.map((n) => sendsAll(`${good.repeat(n)}\0\r\n\r\n`)),
    allowed: [200, 400],
  },
  {
    name: "pipelining and a reset",
    attacks: count.map((n) => ({ sends: [good.repeat(n)], then: "resets" as const })),
    allowed: [200],
  },
  {
    name: "a request in pieces",
    attacks: fc
      .array(fc.integer({ min: 1, max: last.length - 1 }), { minLength: 1, maxLength: 8 })
      .map((cuts) => [0, ...new Set(cuts.sort((a, b) => a - b)), last.length])
      .map((cuts) => ({
        sends: cuts.slice(1).map((end, i) => last.slice(cuts[i], end)),
        then: "waits" as const,
      })),
    allowed: [200],
  },
  { name: "half-closed after a request", attacks: fc.constant(sendsAndEnds(good)), allowed: [200] },
  { name: "half-closed within one", attacks: cut(good).map(sendsAndEnds), allowed: [400] },
  {
    name: "half-closed at once",
    attacks: fc.constant({ sends: [], then: "half-closes" as const }),
    allowed: [],
  },
  {
    name: "reset",
    attacks: cut(good).map((sent) => ({ sends: [sent], then: "resets" as const })),
    allowed: [],
  },
  {
    name: "an upgrade",
    attacks: fc
      .constantFrom("websocket", "h2c", "TLS/1.0")
      .map((to) =>
        sendsAll(`GET /ip HTTP/1.1\r\n${HOST}Upgrade: ${to}\r\nConnection: Upgrade, close\r\n\r\n`),
      ),
    allowed: [200],
  },
];
