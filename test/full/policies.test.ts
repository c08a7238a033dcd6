import assert from "node:assert/strict";
import { append, restore } from "../e2e/harness/checkout";
import { podsAndRestarts } from "../e2e/harness/cluster";
import { environmentWithTools, STACK } from "../e2e/harness/place";
import { fails, succeeds } from "../e2e/harness/shell";
import { beginsDeployed, story } from "../e2e/harness/story";

const FILE = "infra/main.js";

/** Declares a further pod, which breaks one policy. */
const privilegedPod = `
const { core } = require("@pulumi/kubernetes");
const deploy = module.exports;
module.exports = () => {
  const resources = { limits: { cpu: "1", memory: "8Mi" } };
  const securityContext = { privileged: true, runAsNonRoot: true, allowPrivilegeEscalation: false };
  const probes = { readinessProbe: {}, livenessProbe: {} };
  const container = { name: "c", image: "a:1", resources, securityContext, ...probes };
  new core.v1.Pod("miner", { metadata: { name: "miner" }, spec: { containers: [container] } });
  return deploy();
};`;

const plain = "npx pulumi up --yes --policy-pack infra/policy";
/** With this variable, plain `npx pulumi up` checks the policies too. */
const env = { ...environmentWithTools, PULUMI_OPTION_POLICY_PACK: "infra/policy" };

story("the policies", () => {
  beginsDeployed();

  it("are checked by every update, and accept what the program declares", async () => {
    const before = await podsAndRestarts();
    for (const output of [await succeeds(plain), await succeeds("npx pulumi up --yes", { env })])
      assert.match(output, /✅ koa-on-minikube/);
    assert.match(await succeeds(`npm run up -- --stack ${STACK}`), /Deployment: no changes/);
    assert.deepEqual(await podsAndRestarts(), before);
  });

  it("refuse a resource that breaks one before it is made, with its name, the rule and what to do", async () => {
    const before = await podsAndRestarts();
    await append(FILE, privilegedPod);
    try {
      for (const output of [await fails(plain), await fails("npx pulumi up --yes", { env })])
        assert.match(output, /\[mandatory\] +not-privileged +\(kubernetes:core\/v1:Pod: miner\)/);
      const output = await fails(`npm run up -- --stack ${STACK}`);
      assert.match(
        output,
        /Pod miner breaks the policy not-privileged: [^]*Container c is privileged: remove securityContext\.privileged/,
      );
    } finally {
      await restore(FILE);
    }
    assert.deepEqual(await podsAndRestarts(), before);
  });
});
