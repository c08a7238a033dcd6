import assert from "node:assert/strict";
import type { V1Container } from "@kubernetes/client-node";
import type { Config } from "../../../infra/config";
import { podOf, type Pod } from "../../../infra/policy/pods";
import { rules } from "../../../infra/policy/rules";
import { configOf } from "../../support/config";
import { declaredResources } from "../../support/mock-engine";
import { argsFor, declareService } from "../../support/service";

/** A container that complies with all rules. */
const good: V1Container = {
  name: "c",
  image: "localhost:5000/api:1.4.0",
  resources: { limits: { cpu: "1", memory: "64Mi" } },
  readinessProbe: {},
  livenessProbe: {},
  securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false },
};

/** The violations of a pod, by the rule's name. Rules without violations are left out. */
function violations(pod: Pod): Record<string, string[]> {
  const all = rules.map(({ name, violations }) => [name, violations(pod)] as const);
  return Object.fromEntries(all.filter(([, messages]) => messages.length > 0));
}

const withContainer = (changes: object): Pod => ({ containers: [{ ...good, ...changes }] });
const withSecurity = (changes: object): Pod =>
  withContainer({ securityContext: { ...good.securityContext, ...changes } });

/** Each breaks one rule, in one way. */
const bad: readonly [title: string, pod: Pod, rule: string, message: RegExp][] = [
  ["no readiness probe", withContainer({ readinessProbe: undefined }), "probes-present", /readinessProbe/],
  ["no liveness probe", withContainer({ livenessProbe: undefined }), "probes-present", /livenessProbe/],
  [
    "no limit of memory",
    withContainer({ resources: { limits: { cpu: 1 } } }),
    "limits-set",
    /limits\.memory/,
  ],
  [
    "no limit of cpu",
    withContainer({ resources: { limits: { memory: "1Gi" } } }),
    "limits-set",
    /limits\.cpu/,
  ],
  ["a limit of 0", withContainer({ resources: { limits: { cpu: "0", memory: "1" } } }), "limits-set", /cpu/],
  ["maybe root", withSecurity({ runAsNonRoot: undefined }), "non-root", /runAsNonRoot to true/],
  ["root by its number", withSecurity({ runAsUser: 0 }), "non-root", /runs as user 0/],
  ["an image with no tag", withContainer({ image: "localhost:5000/api" }), "no-latest-tag", /a tag other/],
  ["the tag latest", withContainer({ image: "api:latest" }), "no-latest-tag", /runs api:latest/],
  ["a privileged container", withSecurity({ privileged: true }), "not-privileged", /is privileged/],
  ["more privileges", withSecurity({ allowPrivilegeEscalation: undefined }), "not-privileged", /to false/],
  ["a capability", withSecurity({ capabilities: { add: ["SYS_ADMIN"] } }), "not-privileged", /SYS_ADMIN/],
  ["a port of the node", withContainer({ ports: [{ hostPort: 80 }] }), "not-privileged", /port 80/],
  ["the node's network", { containers: [good], hostNetwork: true }, "not-privileged", /hostNetwork/],
  [
    "a folder of the node",
    { containers: [good], volumes: [{ name: "v", hostPath: { path: "/" } }] },
    "not-privileged",
    /Volume v is a folder of the node/,
  ],
  [
    "a bad init container",
    { containers: [good], initContainers: [{ ...good, image: "a" }] },
    "no-latest-tag",
    /runs a:/,
  ],
];

describe("the policies", () => {
  it("accept objects that comply", () => {
    assert.deepEqual(violations({ containers: [good] }), {});
    assert.deepEqual(violations(withContainer({ image: "api@sha256:0" })), {});
    const whole = { containers: [{ ...good, securityContext: { allowPrivilegeEscalation: false } }] };
    assert.deepEqual(violations({ ...whole, securityContext: { runAsNonRoot: true } }), {});
  });

  for (const [title, pod, rule, message] of bad) {
    it(`refuse ${title}, by ${rule}, in one sentence that says what to do`, () => {
      const found = violations(pod);
      assert.deepEqual(Object.keys(found), [rule]);
      assert.equal(found[rule]?.length, 1);
      assert.match(found[rule][0] ?? "", message);
      assert.match(found[rule][0] ?? "", /^(Container|The pod|Volume) .*: .+\.$/);
    });
  }

  it("find the pod in every kind that makes pods, and in no other", () => {
    const pod = { containers: [] };
    const template = { template: { spec: pod } };
    assert.deepEqual(podOf("kubernetes:core/v1:Pod", { spec: pod }), pod);
    for (const kind of ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"])
      assert.deepEqual(podOf(`kubernetes:apps/v1:${kind}`, { spec: template }), pod);
    assert.deepEqual(podOf("kubernetes:batch/v1:Job", { spec: template }), pod);
    assert.deepEqual(
      podOf("kubernetes:batch/v1:CronJob", { spec: { jobTemplate: { spec: template } } }),
      pod,
    );
    assert.equal(podOf("kubernetes:core/v1:Service", { spec: pod }), undefined);
    assert.equal(podOf("aws:ec2/instance:Instance", { spec: pod }), undefined);
  });

  it("accept the stack's own resources", async () => {
    assert.deepEqual(violations(await ownPod(configOf())), {});
  });

  it("accept root if the stack's config asks for it, and say so", async () => {
    const found = violations(await ownPod(configOf({ user: "0" })));
    assert.deepEqual(found, { "declared-root": ["The pod runs as root: config key user is 0."] });
    assert.equal(rules.find(({ name }) => name === "declared-root")?.advisory, true);
  });

  /** The pod that the program declares. */
  async function ownPod(config: Config): Promise<Pod> {
    await declareService(argsFor(config));
    const [pod, ...more] = declaredResources().flatMap(({ type, inputs }) => podOf(type, inputs) ?? []);
    assert.deepEqual(more, []);
    return pod!;
  }
});
