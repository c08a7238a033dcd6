import assert from "node:assert/strict";
import { Bundled, killAll } from "./bundled";
import { ask } from "./client";
import { fightOff } from "./hostile/campaign";

/** A few of each kind. test/full has them by the thousands, and those that take their time. */
const COUNT = 300;

describe("service under attack", () => {
  let service: Bundled;
  before(async () => (service = await Bundled.start()));
  after(killAll);

  it("refuses what is malformed, closes what is over, and lives", async () => {
    const metricsPort = Number((await service.logged("started")).metricsPort);
    assert.deepEqual(await fightOff(COUNT, 1, service.port), []);
    assert.deepEqual(await fightOff(COUNT / 3, 1, metricsPort, true), []);
    assert.equal((await ask(service.port, "GET", "/pod")).status, 200);
    assert.equal((await ask(metricsPort, "GET", "/metrics")).status, 200);
    assert.equal(service.stderr, "");
  });

  it("logs nothing of it as its own fault, and no bytes of what was sent", () => {
    const loud = service.log.filter(({ level }) => level !== "info");
    assert.deepEqual(loud, []);
    assert.ok(!service.out.join().includes("rawPacket"));
  });
});
