import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/** Answers requests, such as Koa's `callback()`. */
export type App = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** `uri-host [":" port]` (RFC 9110 7.2, RFC 3986 3.2.2): a name, an address, or an IPv6 address in brackets. */
const authority = String.raw`(?:\[[\da-fA-F:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?`;
const hostValue = new RegExp(`^${authority}$`);

/** What can stand in a URL, but no fragment (RFC 9112 3.2.1), and beside it what browsers leave as it is, such as `|`. */
const originForm = /^\/[!"$-~]*$/;
/** As proxies are asked; every server must take it (RFC 9112 3.2.2). */
const absoluteForm = new RegExp(`^https?://(?!:|[/?]|$)${authority}(?=[/?]|$)`, "i");

/**
 * Stands before an app and refuses what Node.js' parser lets through although it is no HTTP/1.1. Koa reads the target
 * with `url.parse()`, which throws at some of it; thrown while an error is handled, that ends the process.
 */
export function refuseMalformed(app: App): RequestListener {
  return (req, res) => {
    const target = withoutAuthority(req.url ?? "");
    if (req.httpVersionMajor !== 1 || !hasGoodHost(req) || !isTarget(target, req.method)) {
      return void res.writeHead(400, { Connection: "close", "Content-Length": 0 }).end();
    }
    req.url = target;
    return void app(req, res);
  };
}

function isTarget(target: string, method: string | undefined): boolean {
  return originForm.test(target) || (target === "*" && method === "OPTIONS");
}

/** No more than one, and a good one (RFC 9112 3.2). That HTTP/1.1 has one at all is seen to by the parser. */
function hasGoodHost({ headers, rawHeaders }: IncomingMessage): boolean {
  if (headers.host !== undefined && !hostValue.test(headers.host)) return false;
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return names.filter((name) => name.toLowerCase() === "host").length <= 1;
}

/** The origin form of an absolute one; anything else as it is. */
function withoutAuthority(target: string): string {
  if (target.startsWith("/")) return target;
  const rest = target.replace(absoluteForm, "");
  if (rest === target) return target;
  return rest.startsWith("/") ? rest : `/${rest}`;
}
