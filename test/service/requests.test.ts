import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { Writable } from "node:stream";
import Koa from "koa";
import { pino } from "pino";
import type { Identity } from "../../service/identity";
import { Metrics } from "../../service/metrics";
import { followRequests, logErrors } from "../../service/requests";
import { ask } from "../support/http-client";

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

const parse = (line: unknown) => JSON.parse(String(line)) as Record<string, unknown>;

describe("service requests", () => {
  const lines: Record<string, unknown>[] = [];
  const metrics = new Metrics({ version: "1", track: "stable" } as Identity);
  let server: Server;
  let port: number;
  let arrived: () => void = () => undefined;

  before(async () => {
    const sink = new Writable({ write: (chunk, _, done) => (lines.push(parse(chunk)), done()) });
    const log = pino(sink);
    const app = new Koa();
    app.on("error", logErrors(log));
    app.use(followRequests(log, metrics));
    app.use((ctx) => {
      if (ctx.path === "/broken") throw new Error("secret detail");
      if (ctx.path !== "/slow") return void (ctx.body = "here");
      arrived();
      return new Promise(() => undefined);
    });
    const answer = app.callback();
    server = createServer((req, res) => void answer(req, res)).listen(0);
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  });
  beforeEach(() => (lines.length = 0));
  after(() => server.close());

  async function get(headers: Record<string, string>, path = "/"): Promise<string> {
    return String((await ask(port, "GET", path, undefined, headers)).headers["x-request-id"]);
  }

  for (const id of ["4bf92f3577b34da6a3ce929d0e0e4736", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "a.b:c/d+e=@-_", "x"]) {
    it(`keeps the id ${id}`, async () => {
      assert.equal(await get({ "x-request-id": id }), id);
      assert.equal(lines[0]?.requestId, id);
    });
  }

  for (const id of ["", "a b", "a,b", '"}', "é", "x".repeat(129), "\\u001b[31m"]) {
    it(`makes an id of its own for ${JSON.stringify(id).slice(0, 20)}`, async () => {
      const given = await get({ "x-request-id": id });
      assert.match(given, uuid);
      assert.equal(lines[0]?.requestId, given);
    });
  }

  it("makes another id for each request", async () => assert.notEqual(await get({}), await get({})));

  it("keeps the id of a request with an unexpected error, in the answer and in the log", async () => {
    assert.equal(await get({ "x-request-id": "lost" }, "/broken"), "lost");
    const told = lines.map(({ msg, requestId }) => [msg, requestId]);
    assert.deepEqual(told.sort(), [
      ["request", "lost"],
      ["unexpected error", "lost"],
    ]);
  });

  it("logs the trace that a request is part of, if it is valid", async () => {
    const bad = [
      trace.slice(1),
      `ff${trace.slice(2)}`,
      trace.toUpperCase(),
      trace.replace(/4bf\w+/, "0".repeat(32)),
    ];
    for (const traceparent of [trace, ...bad]) await get({ traceparent });
    assert.deepEqual(
      lines.map(({ traceparent }) => traceparent),
      [trace, ...bad.map(() => undefined)],
    );
  });

  it("counts a request while it is answered, and one whose client has left as 499", async () => {
    const slow = new Promise<void>((resolve) => (arrived = resolve));
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    socket.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    await slow;
    assert.match(await metrics.registry.metrics(), /^http_requests_in_flight 1$/m);
    socket.destroy();
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(lines[0]?.answered, false);
    const told = await metrics.registry.metrics();
    assert.match(told, /^http_requests_in_flight 0$/m);
    assert.match(told, /^http_requests_total\{route="unmatched",method="GET",status="499"\} 1$/m);
  });

  it("counts requests that waited behind another one when their client left", async () => {
    const slow = new Promise<void>((resolve) => (arrived = resolve));
    const socket = connect(port, "127.0.0.1").on("error", () => undefined);
    const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
    socket.write(request("/slow") + request("/").repeat(2));
    await slow;
    assert.match(await metrics.registry.metrics(), /^http_requests_in_flight 3$/m);
    socket.destroy();
    for (let tries = 0; lines.length < 3 && tries < 400; tries++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.deepEqual(
      lines.map(({ answered }) => answered),
      [false, false, false],
    );
    assert.match(await metrics.registry.metrics(), /^http_requests_in_flight 0$/m);
  });
});
