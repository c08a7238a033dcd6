import type { Cluster } from "../../cluster";
import { workloadOf } from "../../cluster/objects/workload";
import { releaseFor } from "../../cluster/releases/pin";
import { readRollouts, type TrackRollout } from "../../cluster/releases/rollout";
import { askCluster } from "../deployed/cluster";
import type { StackRef } from "../deployed";

/**
 * Whether the image of the code's release was deployed, and was then removed by somebody. The engine relies on its state,
 * and would not build the image again.
 */
export async function imageIsLost(cluster: Cluster, ref: StackRef, code: string): Promise<boolean> {
  const { config } = ref;
  const workload = workloadOf(config);
  const rollouts = await askCluster(ref, () => readRollouts(cluster.api.apis, workload));
  const runsCode = ({ track, rollout }: TrackRollout) =>
    releaseFor(track, code, config.rolledBack) === code && rollout.current?.release === code;
  if (!rollouts.some(runsCode)) return false;
  return (await cluster.kind.images(workload.name).tags([code])).length === 0;
}
