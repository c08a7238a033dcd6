import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { audit, shippedPackages } from "../support/shipped-packages";

describe("what ships in the image", function () {
  this.timeout(60_000);
  this.slow(10_000);

  it("is the service's own packages, and none that only deploys or tests it", async () => {
    const packages = await shippedPackages();
    for (const name of ["koa", "@koa/router", "pino", "prom-client", "zod"])
      assert.ok(packages.includes(`node_modules/${name}`), name);
    for (const name of ["esbuild", "tsx", "@pulumi/pulumi", "undici", "mocha", "fast-check"])
      assert.ok(!packages.includes(`node_modules/${name}`), name);
  });

  it("has no package with a known vulnerability (AUDIT=1)", async function () {
    // A new advisory is no fault of today's code.
    if (process.env.AUDIT !== "1") return this.skip();
    const result = await audit(await shippedPackages());
    if ("unavailable" in result) {
      console.log(`    skipped: the registry can't be asked for advisories: ${result.unavailable}`);
      return this.skip();
    }
    assert.deepEqual(result.known, []);
  });

  describe("checked by a registry with advisories", () => {
    const advisory = { id: 1, severity: "high", vulnerable_versions: "*" };
    const advisories = {
      koa: [{ ...advisory, title: "it brews", url: "https://example.com/koa" }],
      tsx: [{ ...advisory, title: "it runs", url: "https://example.com/tsx" }],
    };
    let registry: Server;
    let asked: string[] = [];

    before(async () => {
      registry = createServer((request, response) => {
        if (request.method !== "POST") return void response.writeHead(404).end("{}");
        void body(request).then((json) => {
          asked = Object.keys(JSON.parse(json) as object);
          response.end(JSON.stringify(advisories));
        });
      });
      await once(registry.listen(0, "127.0.0.1"), "listening");
    });
    after(() => registry.close());

    it("names what ships, and nothing else", async () => {
      const { port } = registry.address() as AddressInfo;
      const result = await audit(await shippedPackages(), `http://127.0.0.1:${port}`);
      assert.ok(asked.includes("koa") && asked.includes("tsx"));
      assert.deepEqual(result, { known: ["koa: it brews (high), https://example.com/koa"] });
    });
  });
});

/** npm compresses its request. */
async function body(request: IncomingMessage): Promise<string> {
  const sent = await buffer(request);
  return (request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent).toString();
}
