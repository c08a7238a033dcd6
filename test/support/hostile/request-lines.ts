import fc from "fast-check";
import { HOST, type Kind, sendsAll, sendsAndEnds } from "./kind";

const bytes = fc
  .uint8Array({ minLength: 1, maxLength: 512 })
  .map((array) => Buffer.from(array).toString("latin1"));

/** Lines that are no request lines (RFC 9112 3), or are of another protocol. */
export const requestLines: readonly Kind[] = [
  { name: "noise", attacks: bytes.map((noise) => sendsAndEnds(`${noise}\r\n\r\n`)), allowed: [400, 431] },
  {
    name: "another protocol",
    attacks: fc
      .constantFrom(
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "EHLO a\r\n",
        "*1\r\n$4\r\nPING\r\n",
        "\x05\x01\x00",
        "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n",
      )
      .map(sendsAndEnds),
    allowed: [400],
  },
  {
    name: "a method that doesn't exist, or that this service doesn't have",
    attacks: fc
      .constantFrom("get", "GETT", "G ET", "", "FOO", "TRACE", "CONNECT", "PRI", "GET\0", "\x7fGET")
      .map((method) => sendsAll(`${method} /ip HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`)),
    allowed: [400, 405, 501],
  },
  {
    name: "a version that doesn't exist, or isn't supported",
    attacks: fc
      .constantFrom(
        "HTTP/2.0",
        "HTTP/3.0",
        "HTTP/1.2",
        "HTTP/0.9",
        "HTTP/1",
        "HTTP/11",
        "http/1.1",
        "HTTP/-1.1",
        "",
      )
      .map((version) => sendsAll(`GET /ip ${version}\r\n${HOST}\r\n`)),
    allowed: [400],
  },
  {
    name: "line ends and spaces where they don't belong",
    attacks: fc
      .constantFrom(
        "GET\t/ip\tHTTP/1.1\r\n",
        "GET /ip HTTP/1.1\r",
        "GET /ip HTTP/1.1 x\r\n",
        "GET /i p HTTP/1.1\r\n",
      )
      .map((line) => sendsAll(`${line}${HOST}\r\n`)),
    allowed: [400],
  },
  {
    name: "a URL that is too long",
    attacks: fc
      .integer({ min: 8 * 1024, max: 100_000 })
      .map((length) => sendsAndEnds(`GET /${"a".repeat(length)} HTTP/1.1\r\n${HOST}\r\n`)),
    allowed: [400, 431],
  },
];
