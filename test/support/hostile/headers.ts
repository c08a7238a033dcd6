import fc from "fast-check";
import { HOST, type Kind, LAST, sendsAll, sendsAndEnds } from "./kind";

const get = (headers: string) => `GET /ip HTTP/1.1\r\n${headers}\r\n`;
const control = fc.integer({ min: 0, max: 31 }).filter((code) => ![9, 10, 13].includes(code));

/** Headers that must be refused (RFC 9112 3.2 and 5), and some that are only odd. */
export const headers: readonly Kind[] = [
  {
    name: "headers that are too large",
    attacks: fc
      .record({ count: fc.integer({ min: 1, max: 50 }), size: fc.integer({ min: 9_000, max: 60_000 }) })
      .map(({ count, size }) => {
        const value = "a".repeat(Math.ceil(size / count));
        return sendsAndEnds(get(HOST + `X-A: ${value}\r\n`.repeat(count)));
      }),
    allowed: [431],
  },
  {
    name: "NUL bytes and other control characters",
    attacks: fc
      .tuple(
        control.map((code) => String.fromCharCode(code)),
        fc.integer({ min: 0, max: 3 }),
      )
      .map(([char, place]) =>
        sendsAll(
          [
            get(`${HOST}X-A: a${char}b\r\n`),
            get(`${HOST}X${char}A: b\r\n`),
            `GET /i${char}p HTTP/1.1\r\n${HOST}\r\n`,
            get(`Host: a${char}b\r\n`),
          ][place] ?? "",
        ),
      ),
    allowed: [400],
  },
  {
    name: "lines that are no headers",
    attacks: fc
      .constantFrom(
        "abc\r\n",
        ": b\r\n",
        " X: b\r\n",
        "X : b\r\n",
        "X: a\r\n b\r\n",
        "X: a\rb\r\n",
        "(X): b\r\n",
        "é: b\r\n",
      )
      .map((line) => sendsAll(get(HOST + line))),
    allowed: [400],
  },
  {
    name: "no host, two, or one that can't be",
    attacks: fc
      .constantFrom(
        "",
        "Host: a\r\nHost: a\r\n",
        "Host: a\r\nhOST: b\r\n",
        "Host: a b\r\n",
        "Host: a/b\r\n",
        "Host: u@a\r\n",
      )
      .map((host) => sendsAll(get(host))),
    allowed: [400],
  },
  {
    name: "an expectation that can't be met",
    attacks: fc
      .constantFrom("magic", "200-ok")
      .map((expected) => sendsAll(get(`${LAST}Expect: ${expected}\r\n`))),
    allowed: [417],
  },
  {
    name: "odd values of what the service reads",
    attacks: fc
      .tuple(
        fc.constantFrom(
          "X-Request-Id",
          "Traceparent",
          "Accept",
          "If-None-Match",
          "Range",
          "__proto__",
          "Upgrade",
        ),
        fc.string({
          unit: fc
            .integer({ min: 33, max: 255 })
            .filter((code) => code !== 127)
            .map((code) => String.fromCharCode(code)),
          maxLength: 2_000,
        }),
      )
      .map(([name, value]) => sendsAll(`GET / HTTP/1.1\r\n${LAST}${name}: ${value}\r\n\r\n`)),
    allowed: [200],
  },
];
