import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Bundled, killAll } from "../support/bundled-service";
import { ask, Wire, type Answer } from "../support/http-client";

const browser = { accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8" };

describe("service page", () => {
  let service: Bundled;
  let page: Answer;
  before(async () => {
    service = await Bundled.start();
    page = await get(browser);
  });
  after(killAll);

  function get(headers: Record<string, string>, method = "GET"): Promise<Answer> {
    return ask(service.port, method, "/", undefined, headers);
  }

  it("is HTML of less than 60 kB", () => {
    assert.deepEqual([page.status, page.headers["content-type"]], [200, "text/html; charset=utf-8"]);
    assert.match(page.body, /^<!doctype html>/);
    assert.ok(Buffer.byteLength(page.body) < 60_000);
  });

  it("loads nothing from other servers", () => {
    const addresses = page.body.match(/\b(?:https?:|wss?:)?\/\/[\w.-]+[^\s"'`<>)]*/g) ?? [];
    assert.deepEqual([...new Set(addresses)], ["http://www.w3.org/2000/svg"]); // a name, never fetched
    assert.doesNotMatch(page.body, /@import|url\(|<(?:script|img|iframe|link)[^>]+(?:src|href)="(?!data:)/);
  });

  it("may run its own script and style and ask its own server, and nothing else", () => {
    const policy = String(page.headers["content-security-policy"]).split("; ");
    for (const [tag, name] of [
      ["script", "script-src"],
      ["style", "style-src"],
    ] as const) {
      const inline = [...page.body.matchAll(new RegExp(`<${tag}[^>]*>([^]*?)</${tag}>`, "g"))];
      const hashes = inline.map(([, text]) => createHash("sha256").update(String(text)).digest("base64"));
      assert.equal(hashes.length, 1);
      assert.ok(policy.includes(`${name} 'sha256-${hashes[0]}'`), name);
    }
    for (const rule of ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'"])
      assert.ok(policy.includes(rule), rule);
    assert.doesNotMatch(policy.join(), /unsafe|\*|http/);
    assert.doesNotMatch(page.body, /\son\w+="|\sstyle="|javascript:/);
  });

  it("is revalidated each time, and sent again only if it has changed", async () => {
    assert.equal(page.headers["cache-control"], "no-cache");
    const again = await get({ ...browser, "if-none-match": String(page.headers.etag) });
    assert.deepEqual([again.status, again.body], [304, ""]);
    assert.equal(again.headers.etag, page.headers.etag);
    assert.equal((await get({ ...browser, "if-none-match": '"older"' })).status, 200);
  });

  it("has the same headers for HEAD", async () => {
    const { headers, body } = await get(browser, "HEAD");
    const other = { date: "", "x-request-id": "" };
    assert.deepEqual({ ...headers, ...other }, { ...page.headers, ...other });
    assert.equal(body, "");
  });

  for (const accept of [undefined, "*/*", "application/json", "text/plain", "text/html;q=0.1, */*"]) {
    it(`is JSON as of /pod for Accept: ${accept}`, async () => {
      const { status, headers, body } = await get(accept === undefined ? {} : { accept });
      assert.deepEqual([status, headers["content-type"]], [200, "application/json; charset=utf-8"]);
      assert.equal(headers.vary, "Accept");
      assert.equal(body, (await ask(service.port, "GET", "/pod")).body);
    });
  }

  it("asks /pod?connection=close, after which the connection is closed", async () => {
    assert.ok(page.body.includes("/pod?connection=close"));
    for (const [path, connection] of [
      ["/pod", "keep-alive"],
      ["/pod?connection=keep", "keep-alive"],
      ["/pod?connection=close", "close"],
    ] as const) {
      const wire = await Wire.open(service.port);
      wire.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      const headers = new RegExp(`Lifecycle-Phase: ready\r\n[^]*Connection: ${connection}\r\n`);
      assert.match(await (connection === "close" ? wire.ended() : wire.receives(headers)), headers);
    }
  });
});
