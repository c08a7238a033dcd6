import fc from "fast-check";
import { HOST, type Kind, LAST, sendsAll } from "./kind";

const pieces = fc.array(
  fc.constantFrom(
    ...["..", ".", "", "etc", "~", "%2e%2e", "%2f", "%5c", "..%00", "%00", "%", "%zz", "%c0%ae", "%u002e"],
    ...["\\", "..;", "a@[::1", "[::1", ":99999", "user:pass@a", "__proto__", "{}", "|", "'", '"', "<script>"],
  ),
  { maxLength: 12 },
);

/** Targets that lead nowhere (RFC 9112 3.2), and queries that mean nothing. */
export const paths: readonly Kind[] = [
  {
    name: "path tricks",
    attacks: fc
      .tuple(fc.constantFrom("/", "//", "/./", "http://a/", "HTTP://A:80/"), pieces)
      .map(([root, path]) => sendsAll(`GET ${root}${path.join("/")}/passwd HTTP/1.1\r\n${LAST}\r\n`)),
    allowed: [404],
  },
  {
    name: "invalid targets",
    attacks: fc
      .constantFrom(
        ...["*", "ip", "\\ip", "http://", "http://[::1", "http://[::1/ip", "http://a:b/ip", "http://u@a/ip"],
        ...[
          "ftp://a/ip",
          "/ip#x",
          "//a@[::1#",
          "/#//a@[::1",
          "/\xa0",
          "//a@[::1\xa0",
          "/\xff",
          "?",
          "a:80",
          "data:,a",
        ],
      )
      .map((target) => sendsAll(`GET ${target} HTTP/1.1\r\n${HOST}\r\n`)),
    allowed: [400],
  },
  {
    name: "odd queries",
    attacks: fc
      .array(fc.constantFrom("connection=%zz", "__proto__=1", "a[b]=c", "&", "=", "%00", "?", "connection"))
      .map((query) => sendsAll(`GET /?${query.join("&")} HTTP/1.1\r\n${LAST}\r\n`)),
    allowed: [200],
  },
];
