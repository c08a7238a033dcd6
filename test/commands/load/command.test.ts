import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startLoad, type Report } from "../../../commands/load/generator";
import { hint, table } from "../../../commands/load/table";
import { firstAnswering, isLoopback } from "../../../commands/load/target";
import { CountingServer } from "../../support/counting-server";
import { folderWith } from "../../support/folder";
import { runCommand } from "../../support/run-command";

describe("npm run load", () => {
  let server: CountingServer;

  before(async () => {
    server = await CountingServer.start((n, _req, res) => n === 7 && (res.writeHead(503).end(), true));
  });
  after(() => server.stop());

  it("prints pure JSON, draws a picture, and exits with 1 because one request failed", async () => {
    const svg = join(folderWith({}), "load.svg");
    const options = ["--url", server.url, "--duration", "1s", "--rate", "50", "--json", "--svg", svg];
    const { code, stdout } = await runCommand("load", options);
    const report = JSON.parse(stdout) as Report;
    assert.deepEqual([code, report.requests, report.failures], [1, 50, { "status 503": 1 }]);
    assert.equal(server.requests, 50);
    assert.match(readFileSync(svg, "utf8"), /^<svg [\s\S]+<\/svg>\n$/);
  });

  it("prints a table of the requests, how they ended, and who answered", async () => {
    const load = startLoad({ url: server.url, durationMs: 200, rate: 100, connections: 2 });
    const text = table({ ...(await load.ended), lateMs: 70 });
    assert.match(text, /^requests +20 {2}10 on kept connections, 10 on new ones\nanswered +20\nfailed +0\n/m);
    assert.match(text, /^release v1 +20 +100.0 %\n +api-1 \(stable\) +20 +100.0 %$/m);
    assert.match(text, /busy and sent requests up to 70 ms late/);
  });

  it("says what to do if every request failed in the same way", async () => {
    const closed = await CountingServer.start();
    await closed.stop();
    const { code, stderr } = await runCommand("load", [
      "--url",
      closed.url,
      "--duration",
      "1s",
      "--rate",
      "5",
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /same way: connection refused\.\n +do: +npm run status/);
  });

  it("reports all wrong options at once", async () => {
    const wrong = [
      "--rate",
      "2001",
      "--duration",
      "11m",
      "--connections",
      "1.5",
      "--new",
      "",
      "--path",
      "pod",
    ];
    const { code, stdout, stderr } = await runCommand("load", [...wrong, "--url", "ftp://localhost"]);
    assert.deepEqual([code, stdout], [1, ""]);
    for (const option of ["rate", "duration", "connections", "new", "path", "url"]) {
      assert.match(stderr, new RegExp(`^--${option} is ".*"\n +allowed: .+\n +do: .+`, "m"));
    }
  });

  it("accepts only this machine", () => {
    const here = ["http://localhost:1", "http://127.0.0.1", "http://127.9.9.9:80/x", "http://[::1]:3000"];
    const elsewhere = [
      "http://example.com",
      "http://localhost.example.com",
      "http://128.0.0.1",
      "http://[::2]",
    ];
    assert.deepEqual([here.every(isLoopback), elsewhere.some(isLoopback)], [true, false]);
  });

  it("finds the first of several paths that the service answers", async () => {
    const stranger = await CountingServer.start((_, req, res) => {
      if (req.url === "/pod") res.writeHead(404).end();
      else if (req.url === "/login") res.writeHead(302, { location: "/" }).end();
      else return false;
      return true;
    });
    assert.equal(await firstAnswering(stranger.url, ["/pod", "/login", "/healthz", "/"]), "/healthz");
    assert.equal(await firstAnswering(stranger.url, ["/pod"]), undefined);
    await stranger.stop();
    assert.equal(await firstAnswering(stranger.url, ["/"]), undefined);
  });

  for (const [failures, answered, todo] of [
    [{ "status 404": 9 }, 0, "--path"],
    [{ "connection refused": 9 }, 0, "npm run status"],
    [{ "status 404": 9 }, 1, undefined],
    [{ "status 404": 9, timeout: 1 }, 0, undefined],
    [{}, 9, undefined],
  ] as const) {
    it(`hints at ${todo ?? "nothing"} after ${JSON.stringify(failures)} and ${answered} answers`, () => {
      const found = hint({ failures, answered } as unknown as Report)?.todo;
      assert.ok(todo === undefined ? found === undefined : found?.includes(todo), found);
    });
  }
});
