import type { Cluster } from "../../cluster";
import { prepareContext } from "../../infra/image/build-context";
import { workloadOf } from "../../cluster/objects/workload";
import { releaseFor } from "../../cluster/releases/pin";
import { readRollouts, type TrackRollout } from "../../cluster/releases/rollout";
import { askCluster } from "../deployed/cluster";
import type { StackRef } from "../deployed";
import { ROOT } from "../../common/root";

/**
 * Whether the image of the code was built and deployed, and is gone because somebody has cleaned up. The engine believes
 * its state and would build nothing.
 */
export async function imageIsLost(cluster: Cluster, ref: StackRef): Promise<boolean> {
  const { config } = ref;
  const workload = workloadOf(config);
  const { tag } = await prepareContext(ROOT, config);
  const rollouts = await askCluster(ref, () => readRollouts(cluster.api.apis, workload));
  const runsCode = ({ track, rollout }: TrackRollout) =>
    releaseFor(track, tag, config.rolledBack) === tag && rollout.current?.release === tag;
  if (!rollouts.some(runsCode)) return false;
  return (await cluster.kind.images(workload.name).tags([tag])).length === 0;
}
