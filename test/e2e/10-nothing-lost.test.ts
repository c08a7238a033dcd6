import assert from "node:assert/strict";
import type { V1Pod } from "@kubernetes/client-node";
import { changeCode, CODE, standard, writeConfig } from "./harness/checkout";
import { core, pods, scale, settled } from "./harness/cluster";
import { killProcess } from "./harness/node";
import { succeeds } from "./harness/shell";
import { beginsDeployed, deployStandard, story } from "./harness/story";
import { loses } from "./harness/under-load";
import { until } from "./harness/until";

/** Requests to the killed process, or to its port before the Service leaves the pod out. */
const MOST_OF_A_KILL = 300;

story("under load", () => {
  beginsDeployed();

  loses(0, "`kubectl scale` 2 → 10 → 2", async () => {
    await scale(10);
    await settled(10);
    await scale(2);
    await settled(2);
  });

  loses(0, "a pod is deleted", async () => {
    const [pod] = await pods();
    await core().deleteNamespacedPod({ namespace: "default", name: pod?.metadata?.name ?? "" });
    await settled(2);
  });

  loses(0, "pods are evicted, as when the node is drained", async () => {
    const [first, second] = await pods();
    await evict(first);
    // The budget keeps the second pod until another one has replaced the first.
    await assert.rejects(evict(second), /disruption budget/);
    await settled(2);
  });

  loses(MOST_OF_A_KILL, "the process in a pod is killed", async () => {
    const pod = await neverRestarted();
    await killProcess(pod);
    await until("the container serves again", 5_000, () => servesAgain(pod.metadata?.name ?? ""));
  });
});

story("under load, with four replicas", () => {
  beginsDeployed();
  before("four replicas", async () => {
    await writeConfig({ ...standard, replicas: 4 });
    await succeeds("npx pulumi up --yes");
    await settled(4);
  });
  after("as they were", () => deployStandard(CODE));

  let rollouts = 0;
  loses(0, "a rollout of changed code", async () => {
    await changeCode(`rollout ${(rollouts += 1)}`);
    await succeeds("npx pulumi up --yes");
    await settled(4);
  });
});

/**
 * A pod whose container was never restarted: the kubelet restarts it at once only the first time. Replaces the pods if
 * there is none.
 */
async function neverRestarted(): Promise<V1Pod> {
  const found = await pods();
  const fresh = found.find(({ status }) => status?.containerStatuses?.[0]?.restartCount === 0);
  if (fresh !== undefined) return fresh;
  for (const { metadata } of found) {
    await core().deleteNamespacedPod({ namespace: "default", name: metadata?.name ?? "" });
  }
  const [pod] = await settled(2);
  assert.ok(pod);
  return pod;
}

async function evict(pod: V1Pod | undefined): Promise<void> {
  const name = pod?.metadata?.name ?? "";
  await core().createNamespacedPodEviction({ name, namespace: "default", body: { metadata: { name } } });
}

async function servesAgain(name: string): Promise<boolean> {
  const [container] =
    (await core().readNamespacedPod({ name, namespace: "default" })).status?.containerStatuses ?? [];
  return container?.ready === true && container.restartCount > 0;
}
