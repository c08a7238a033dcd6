import assert from "node:assert/strict";
import { readFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Report } from "../../load";
import { isLoopback } from "../../commands/load/target";
import { CountingServer } from "../load/server";
import { runCommand } from "./run";

describe("npm run load", () => {
  const folder = mkdtempSync(join(tmpdir(), "load-"));
  let server: CountingServer;

  before(async () => {
    server = await CountingServer.start((n, _req, res) => n === 7 && (res.writeHead(503).end(), true));
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  it("prints pure JSON, draws a picture, and exits with 1 because one request failed", async () => {
    const svg = join(folder, "load.svg");
    const options = ["--url", server.url, "--duration", "1s", "--rate", "50", "--json", "--svg", svg];
    const { code, stdout } = await runCommand("load", options);
    const report = JSON.parse(stdout) as Report;
    assert.deepEqual([code, report.requests, report.failures], [1, 50, { "status 503": 1 }]);
    assert.equal(server.requests, 50);
    assert.match(readFileSync(svg, "utf8"), /^<svg [\s\S]+<\/svg>\n$/);
  });

  it("prints a table, and exits with 0 when every request was answered", async () => {
    const { code, stdout } = await runCommand("load", [
      "--url",
      server.url,
      "--duration",
      "1",
      "--rate",
      "20",
    ]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^requests +20 .*\nanswered +20\nfailed +0\n/m);
    assert.match(stdout, /^release v1 +20 +100.0 %\n +api-1 \(stable\) +20 +100.0 %$/m);
  });

  it("says all that is wrong at once", async () => {
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

  it("keeps to this machine", () => {
    const here = ["http://localhost:1", "http://127.0.0.1", "http://127.9.9.9:80/x", "http://[::1]:3000"];
    const elsewhere = [
      "http://example.com",
      "http://localhost.example.com",
      "http://128.0.0.1",
      "http://[::2]",
    ];
    assert.deepEqual([here.every(isLoopback), elsewhere.some(isLoopback)], [true, false]);
  });
});
