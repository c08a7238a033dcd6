import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/** Answers requests, such as Koa's `callback()`. */
export type App = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

/** `uri-host [":" port]` (RFC 9110 7.2, RFC 3986 3.2.2): a name, an address, or an IPv6 address in brackets. */
const authority = String.raw`(?:\[[\da-fA-F:.]+\]|[\w.~!$&'()*+,;=%-]*)(?::\d*)?`;
const hostValue = new RegExp(`^${authority}$`);

/** The characters of a URL without a fragment (RFC 9112 3.2.1), and those that browsers don't escape, such as `|`. */
const originForm = /^\/[!"$-~]*$/;
/** The form for proxies, which every server must accept (RFC 9112 3.2.2). */
const absoluteForm = new RegExp(`^https?://(?!:|[/?]|$)${authority}(?=[/?]|$)`, "i");

/**
 * Refuses requests that Node.js' parser accepts although they aren't HTTP/1.1. Koa parses the target with `url.parse()`,
 * which throws on some of them; thrown while an error is handled, that ends the process.
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

/** At most one Host header, and a valid one (RFC 9112 3.2). The parser requires one in HTTP/1.1. */
function hasGoodHost({ headers, rawHeaders }: IncomingMessage): boolean {
  if (headers.host !== undefined && !hostValue.test(headers.host)) return false;
  const names = rawHeaders.filter((_, index) => index % 2 === 0);
  return names.filter((name) => name.toLowerCase() === "host").length <= 1;
}

/** Makes an absolute target an origin-form one. Any other stays as it is. */
function withoutAuthority(target: string): string {
  if (target.startsWith("/")) return target;
  const rest = target.replace(absoluteForm, "");
  if (rest === target) return target;
  return rest.startsWith("/") ? rest : `/${rest}`;
}
