import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Writable } from "node:stream";
import { pino } from "pino";
import { createApp } from "../../service/app";
import type { Identity } from "../../service/identity";
import type { Phase } from "../../service/lifecycle";
import { ask } from "../support/http-client";

/** An identity that throws: the one way to an unexpected exception without a route made for it. */
const broken = {
  track: "beta",
  get ip(): string {
    throw new Error("secret detail");
  },
} as Identity;

describe("service app", () => {
  let phase: Phase = "starting";
  let logged = "";
  let server: Server;
  let port: number;

  before(async () => {
    const sink = new Writable({ write: (chunk, _, done) => ((logged += String(chunk)), done()) });
    const answer = createApp({ identity: broken, log: pino(sink), phase: () => phase }).callback();
    server = createServer((req, res) => void answer(req, res)).listen(0);
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });
  after(() => server.close());

  for (const [now, status] of [
    ["starting", 503],
    ["ready", 200],
    ["draining", 503],
  ] as const) {
    it(`/readyz answers ${status} while ${now}, /healthcheck always 200`, async () => {
      phase = now;
      const ready = await ask(port, "GET", "/readyz");
      assert.deepEqual([ready.status, ready.body], [status, now]);
      assert.equal(ready.headers["release-track"], "beta");
      assert.equal((await ask(port, "GET", "/healthcheck")).status, 200);
    });
  }

  it("answers 500 without details and logs the stack of an unexpected error", async () => {
    phase = "draining";
    const { status, headers, body } = await ask(port, "GET", "/ip");
    assert.deepEqual([status, headers.connection, body], [500, "close", "Internal Server Error"]);
    assert.equal(headers["release-track"], "beta");
    const line = logged.split("\n").find((text) => text.includes("unexpected error")) ?? "{}";
    const { err, method, path } = JSON.parse(line) as Record<string, unknown> & { err: Error };
    assert.deepEqual([method, path, err.message], ["GET", "/ip", "secret detail"]);
    assert.match(err.stack ?? "", /app\.test\.ts/);
  });
});
