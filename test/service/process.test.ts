import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { bundled, Bundled, killAll } from "../support/bundled-service";
import { ask } from "../support/http-client";

describe("service process", () => {
  afterEach(killAll);

  it("is one file of less than 1.5 MB", async () => {
    assert.ok(statSync(await bundled()).size < 1_500_000);
  });

  it("says what is wrong with its environment, a line for each variable, and exits with 1", async () => {
    const service = await Bundled.spawn({ PORT: "abc", LOG_LEVEL: "loud" });
    assert.equal(await service.exited(), 1);
    assert.deepEqual(service.out, []);
    assert.deepEqual(service.stderr.trimEnd().split("\n"), [
      'PORT="abc" is not allowed: a whole number from 0 to 65535',
      'LOG_LEVEL="loud" is not allowed: one of fatal, error, warn, info, debug, trace, silent',
    ]);
  });

  for (const variable of ["PORT", "METRICS_PORT"]) {
    it(`says what to do if ${variable} is taken, and exits with 1`, async () => {
      const { port } = await Bundled.start();
      const second = await Bundled.spawn({ [variable]: String(port) });
      assert.equal(await second.exited(), 1);
      assert.match(
        second.stderr,
        new RegExp(`^Port ${port} is already in use: .* set ${variable} to .*\\n$`),
      );
    });
  }

  it("logs its lifecycle and each request, but no probes, as JSON", async () => {
    const service = await Bundled.start({
      MY_POD_NAME: "a",
      RELEASE_TRACK: "canary",
      RELEASE_VERSION: "1.4.0",
    });
    for (const path of ["/healthcheck", "/readyz", "/ip?secret", "/nowhere"])
      await ask(service.port, "GET", path);
    await service.stop();
    const messages = service.log.map(({ msg, method, path, status }) => [msg, method, path, status]);
    assert.deepEqual(messages, [
      ["starting", undefined, undefined, undefined],
      ["started", undefined, undefined, undefined],
      ["request", "GET", "/ip", 200],
      ["request", "GET", "/nowhere", 404],
      ["draining", undefined, undefined, undefined],
      ["stopped", undefined, undefined, undefined],
    ]);
    for (const { level, time, pod, track, release } of service.log) {
      assert.deepEqual([level, pod, track, release], ["info", "a", "canary", "1.4.0"]);
      assert.equal(new Date(String(time)).toISOString(), time);
    }
    assert.equal(typeof service.log.find(({ msg }) => msg === "request")?.durationMs, "number");
  });

  it("exits with 0 if it is told to stop before it listens", async () => {
    const service = await Bundled.spawn();
    await service.logged("starting");
    assert.equal(await service.stop(), 0);
    assert.equal(service.log.at(-1)?.msg, "stopped");
  });
});
