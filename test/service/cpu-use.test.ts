import assert from "node:assert/strict";
import { mock } from "node:test";
import { measureCpu } from "../../service/cpu-use";
import { parseSettings } from "../../service/settings";

describe("the CPU use of a process", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setInterval"] }));
  afterEach(() => mock.timers.reset());

  const measured = (env: Record<string, string>) => {
    const use = measureCpu(parseSettings(env));
    assert.equal(use(), undefined); // nothing is measured yet
    for (let spent = process.cpuUsage(); process.cpuUsage(spent).user < 20_000;);
    mock.timers.tick(15_000);
    return use();
  };

  it("is a share of what the pod requests, beside the autoscaler's target", () => {
    const { percent = 0, targetPercent } = measured({
      CPU_REQUEST_MILLICORES: "10",
      CPU_TARGET_PERCENT: "70",
    })!;
    assert.equal(targetPercent, 70);
    assert.ok(percent > 100, `${percent} %`); // one core is 10 000 % of 10 millicores
  });

  it("isn't told without an autoscaler", () => {
    assert.equal(measured({}), undefined);
    assert.equal(measured({ CPU_REQUEST_MILLICORES: "10" }), undefined);
  });
});
