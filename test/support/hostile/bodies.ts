import fc from "fast-check";
import { HOST, type Kind, sendsAndEnds } from "./kind";

const post = (headers: string, body: string) => `POST /ip HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
const chunked = (body: string) => post("Transfer-Encoding: chunked\r\n", body);
/** The service may answer 405 before the body has arrived. */
const refused = [400, 405];

/** Bodies whose length is ambiguous or wrong (RFC 9112 6 and 7), as in request smuggling. */
export const bodies: readonly Kind[] = [
  {
    name: "two lengths",
    attacks: fc
      .tuple(fc.nat(20), fc.nat(20))
      .map(([a, b]) => sendsAndEnds(post(`Content-Length: ${a}\r\nContent-Length: ${b}\r\n`, "x".repeat(a)))),
    allowed: [400],
  },
  {
    name: "a length that is no number",
    attacks: fc
      .constantFrom("-1", "+5", "0x5", "5, 5", "5 5", "1e1", "", "five", "99999999999999999999999", "5\x0b")
      .map((length) => sendsAndEnds(post(`Content-Length: ${length}\r\n`, "hello"))),
    allowed: [400],
  },
  {
    name: "a length and chunks",
    attacks: fc
      .nat(50)
      .map((length) =>
        sendsAndEnds(
          post(
            `Content-Length: ${length}\r\nTransfer-Encoding: chunked\r\n`,
            "0\r\n\r\nGET /ip HTTP/1.1\r\n\r\n",
          ),
        ),
      ),
    allowed: [400],
  },
  {
    name: "a transfer encoding that isn't known",
    attacks: fc
      .constantFrom(
        "gzip",
        "chunked, gzip",
        "xchunked",
        "chunked\r\nTransfer-Encoding: chunked",
        "identity",
        "\x0bchunked",
      )
      .map((encoding) => sendsAndEnds(post(`Transfer-Encoding: ${encoding}\r\n`, "0\r\n\r\n"))),
    allowed: [400],
  },
  {
    name: "bad chunks",
    attacks: fc
      .constantFrom(
        ...[
          "zz\r\nhello\r\n0\r\n\r\n",
          "-1\r\n\r\n",
          "5\r\nhelloworld\r\n0\r\n\r\n",
          "5\nhello\n0\n\n",
          "\r\n\r\n",
        ],
        ...["ffffffffffffffffff\r\nhello\r\n", "5;a=\0\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n"],
      )
      .map((body) => sendsAndEnds(chunked(body))),
    allowed: refused,
  },
  {
    name: "chunk extensions and trailers that are too large",
    attacks: fc
      .tuple(fc.boolean(), fc.integer({ min: 17_000, max: 60_000 }))
      .map(([extension, size]) =>
        sendsAndEnds(
          chunked(extension ? `5;${"a".repeat(size)}\r\nhello` : `0\r\nX: ${"a".repeat(size)}\r\n\r\n`),
        ),
      ),
    allowed: [...refused, 413, 431],
  },
  {
    name: "a body that is shorter than announced",
    attacks: fc
      .tuple(fc.boolean(), fc.integer({ min: 10, max: 1e15 }))
      .map(([chunks, length]) =>
        sendsAndEnds(
          chunks
            ? chunked(`${length.toString(16)}\r\nhello`)
            : post(`Content-Length: ${length}\r\n`, "hello"),
        ),
      ),
    allowed: refused,
  },
  {
    name: "a body that nobody reads",
    attacks: fc
      .integer({ min: 0, max: 200_000 })
      .map((length) => sendsAndEnds(post(`Content-Length: ${length}\r\n`, "x".repeat(length)))),
    allowed: [405],
  },
];
