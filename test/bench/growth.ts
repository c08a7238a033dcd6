import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { kubectl, npmRun, pulumi, type Contender } from "./contenders";
import { NAME, writeConfig, type World } from "./place";
import { seconds, type Sheet } from "./sheet";

/** How many pods are deployed, in turn. */
const COUNTS = [1, 10, 50, 100] as const;
/** A hundred pods on two cores take longer than a rollout should. */
const CONFIG = { progressDeadlineSeconds: 600 };
const OTHERS = 300;

/** Measures how the time of an update grows with the pods, and with other objects in the namespace. */
export async function measureGrowth(world: World, rounds: number, sheet: Sheet): Promise<void> {
  const stack = {
    ...pulumi(world),
    setReplicas: (replicas: number) => writeConfig(world, { ...CONFIG, replicas }),
  };
  await stack.setReplicas(0);
  await npmRun(world).up(); // gets tools, and builds the image
  const contenders = [await kubectl(world), stack];
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) {
      for (const count of COUNTS) await measure(world, contender, count, "", sheet);
    }
  }
  await addOthers(world);
  for (let round = 0; round < rounds; round++)
    await measure(world, stack, 1, ` beside ${OTHERS} Deployments`, sheet);
  await stack.down();
}

async function measure(
  world: World,
  contender: Contender,
  count: number,
  beside: string,
  sheet: Sheet,
): Promise<void> {
  const { name } = contender;
  const pods = `${count} ${count === 1 ? "pod" : "pods"}${beside}`;
  await contender.setReplicas(count);
  sheet.add(`0 → ${pods} (s)`, name, await seconds(() => contender.up()));
  sheet.add(`nothing changed, ${pods} (s)`, name, await seconds(() => contender.up()));
  await contender.setReplicas(0);
  await contender.up();
  // Neither contender waits until the pods have drained: they would take the processor from the next measurement.
  await world.kubectl(`wait --for=delete pod -l name=${NAME} --all-namespaces --timeout=300s`);
}

/** Adds Deployments without pods: they cost the cluster little, so the measured difference is the time to find ours. */
async function addOthers(world: World): Promise<void> {
  const file = join(world.folder, "others.json");
  const items = Array.from({ length: OTHERS }, (_, index) => other(`other-${index}`));
  await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  await world.kubectl(`apply -f ${file}`);
  // Waits until the Deployment controller has seen them all: it takes one after the other, and ours would have to wait.
  const seen = "--for=jsonpath={.status.observedGeneration}=1 --timeout=300s";
  await world.kubectl(`wait -n ${NAME} deployment -l of=others ${seen}`);
}

function other(name: string): object {
  const labels = { app: name };
  const spec = { containers: [{ name: "none", image: "none" }] };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: NAME, labels: { of: "others" } },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}
