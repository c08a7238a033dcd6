import type { Apis } from "../connection/kubernetes-client";
import { RELEASES_KEPT } from "../releases/kept";
import type { Workload } from "../objects/workload";
import { readRollouts } from "../releases/rollout";
import type { ImageStore } from "./store";

/**
 * Removes the images of old releases that this project built. These stay: the last five of each Deployment, the last
 * five that were built, and all that pods and other ReplicaSets of the cluster run. Other stacks build under the same
 * name in the same daemon.
 *
 * @returns the tags that were removed
 */
export async function pruneImages(
  images: Pick<ImageStore, "newestFirst" | "remove">,
  apis: Pick<Apis, "core" | "apps">,
  workload: Workload,
): Promise<string[]> {
  const [built, used] = await Promise.all([images.newestFirst(), imagesInUse(apis, workload)]);
  const candidates = built.slice(RELEASES_KEPT).filter(({ tag }) => !used.has(`${workload.name}:${tag}`));
  const gone = await Promise.all(
    candidates.map(({ tag }) =>
      images.remove(tag).then(
        () => [tag],
        () => [], // a container still is of it: the next time, then
      ),
    ),
  );
  return gone.flat();
}

/** A ReplicaSet without pods counts as well: it is what `kubectl rollout undo` goes back to. */
async function imagesInUse(apis: Pick<Apis, "core" | "apps">, workload: Workload): Promise<Set<string>> {
  const [pods, sets, rollouts] = await Promise.all([
    apis.core.listPodForAllNamespaces(),
    apis.apps.listReplicaSetForAllNamespaces(),
    readRollouts(apis, workload),
  ]);
  // Older ones of its own are about to go: the Deployment keeps no more than these.
  const old = rollouts.flatMap(({ rollout }) => rollout.revisions.slice(RELEASES_KEPT));
  const ending = new Set(old.map(({ set }) => set.metadata?.uid));
  const kept = sets.items.filter(({ metadata }) => !ending.has(metadata?.uid));
  const specs = [...pods.items.map(({ spec }) => spec), ...kept.map(({ spec }) => spec?.template?.spec)];
  return new Set(specs.flatMap((spec) => (spec?.containers ?? []).flatMap(({ image }) => image ?? [])));
}
