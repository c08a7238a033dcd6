import { UserError } from "../../common/problem";
import type { Cluster } from "../../cluster";
import { workloadOf } from "../../cluster/objects/workload";
import { readRollouts } from "../../cluster/releases/rollout";
import { askCluster } from "../deployed/cluster";
import type { Deployed } from "../deployed";
import { runPulumi } from "../state/cli";
import { releasesOf, type Release, type Update } from "./list";

/** How many of the last updates are read: many of them roll nothing out. */
const UPDATES = 100;

/** Reads the releases of a stack: by track, newest first. Changes nothing. @throws UserError if there are none */
export async function readReleases(deployed: Deployed, cluster: Cluster): Promise<Release[]> {
  const { stack, config } = deployed;
  const workload = workloadOf(config);
  const images = cluster.kind.images(workload.name);
  const readImages = async () => {
    const rollouts = await askCluster(deployed, () => readRollouts(cluster.api.apis, workload));
    const all = rollouts.flatMap(({ rollout }) => rollout.revisions.map(({ release }) => release));
    return { rollouts, tags: await images.tags([...new Set(all)]) };
  };
  const [{ rollouts, tags }, updates] = await Promise.all([readImages(), readHistory(deployed)]);
  if (rollouts.length > 0) return rollouts.flatMap(({ rollout }) => releasesOf(rollout, updates, tags));
  throw new UserError({
    what: `There are no releases: the Deployment of the stack ${stack} is not in the cluster`,
    where: `namespace ${config.namespace}`,
    todo: "npm run up",
  });
}

/** Reads the engine's updates of a stack, newest first. Not by the Automation API, which would select the stack. */
async function readHistory({ workspace, stack }: Deployed): Promise<Update[]> {
  const page = ["--page-size", String(UPDATES), "--page", "1"];
  const json = await runPulumi(workspace, ["stack", "history", "--json", "--stack", stack, ...page]);
  const isTime = (key: string) => key === "startTime" || key === "endTime";
  return (JSON.parse(json, (key, value: string) => (isTime(key) ? new Date(value) : value)) ??
    []) as Update[];
}
