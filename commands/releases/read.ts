import { UserError } from "../../common/problem";
import type { Cluster } from "../../cluster";
import { workloadOf } from "../../cluster/objects/workload";
import { readRollout } from "../../cluster/releases/rollout";
import { askCluster } from "../deployed/cluster";
import type { Deployed } from "../deployed";
import { readHistory } from "./history";
import { releasesOf, type Release } from "./list";

/** Reads the releases of a stack, newest first. It writes nothing. @throws UserError if there are none */
export async function readReleases(deployed: Deployed, cluster: Cluster): Promise<Release[]> {
  const { stack, config } = deployed;
  const workload = workloadOf(config);
  const [rollout, tags, updates] = await Promise.all([
    askCluster(deployed, () => readRollout(cluster.api.apis, workload, workload.tracks[0])),
    cluster.kind.images(workload.name).tags(),
    readHistory(deployed),
  ]);
  if (rollout !== undefined) return releasesOf(rollout, updates, tags);
  throw new UserError({
    what: `There are no releases: the Deployment of the stack ${stack} is not in the cluster`,
    where: `namespace ${config.namespace}`,
    todo: "npm run up",
  });
}
