import type { Apis } from "../connection/kubernetes-client";
import type { Workload } from "../objects/workload";
import { readRollouts, RELEASES_KEPT } from "../releases/rollout";
import type { ImageStore } from "./store";

/**
 * Removes images of old releases that this project built. These stay: the last five of each Deployment, the last five that
 * were built, and the images of all pods and other ReplicaSets of the cluster, because other stacks may use the same name
 * in the same daemon.
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
        () => [], // a container still uses the image: a later update removes it
      ),
    ),
  );
  return gone.flat();
}

/** The images of all pods and ReplicaSets. One without pods counts too: `kubectl rollout undo` goes back to it. */
async function imagesInUse(apis: Pick<Apis, "core" | "apps">, workload: Workload): Promise<Set<string>> {
  const [pods, sets, rollouts] = await Promise.all([
    apis.core.listPodForAllNamespaces(),
    apis.apps.listReplicaSetForAllNamespaces(),
    readRollouts(apis, workload),
  ]);
  // The workload's older ReplicaSets don't count: Kubernetes is about to delete them.
  const old = rollouts.flatMap(({ rollout }) => rollout.revisions.slice(RELEASES_KEPT));
  const ending = new Set(old.map(({ set }) => set.metadata?.uid));
  const kept = sets.items.filter(({ metadata }) => !ending.has(metadata?.uid));
  const specs = [...pods.items.map(({ spec }) => spec), ...kept.map(({ spec }) => spec?.template?.spec)];
  return new Set(specs.flatMap((spec) => (spec?.containers ?? []).flatMap(({ image }) => image ?? [])));
}
