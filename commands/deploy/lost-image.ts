import type { Cluster } from "../../cluster";
import { prepareContext } from "../../infra/image/build-context";
import { workloadOf } from "../../cluster/objects/workload";
import { activePin } from "../../cluster/releases/pin";
import { readRollout } from "../../cluster/releases/rollout";
import { askCluster } from "../deployed/cluster";
import type { StackRef } from "../deployed";
import { ROOT } from "../../common/root";

/**
 * Whether the image of the code was built and deployed, and is no longer in the node because somebody has cleaned up
 * there. The engine believes its state and would build nothing.
 */
export async function imageIsLost(cluster: Cluster, ref: StackRef): Promise<boolean> {
  const { config } = ref;
  const workload = workloadOf(config);
  const { tag } = await prepareContext(ROOT, config);
  if (activePin(tag, config.rolledBack) !== undefined) return false;
  const rollout = await askCluster(ref, () => readRollout(cluster.api.apis, workload, workload.tracks[0]));
  if (rollout?.current?.release !== tag) return false;
  return !(await cluster.kind.images(workload.name).tags()).includes(tag);
}
