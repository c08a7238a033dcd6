import type { Apis } from "../connection/kubernetes-client";
import { RELEASES_KEPT } from "../releases/kept";
import { readRollout } from "../releases/rollout";
import type { NodeImages } from "./node-images";

/** The Deployment whose releases they are; its images are called like it. */
export interface Pruned {
  readonly namespace: string;
  readonly name: string;
}

/**
 * Takes away the images of releases that nobody can want any more. What stays: the last five of this Deployment, the
 * last five that were built, and whatever a pod, or a ReplicaSet of anybody else in the cluster, is made of; other
 * stacks build under the same name in the same daemon.
 *
 * @returns the tags that are gone
 */
export async function pruneImages(
  images: Pick<NodeImages, "newestFirst" | "remove">,
  apis: Pick<Apis, "core" | "apps">,
  pruned: Pruned,
): Promise<string[]> {
  const [built, used] = await Promise.all([images.newestFirst(), imagesInUse(apis, pruned)]);
  const candidates = built.slice(RELEASES_KEPT).filter(({ tag }) => !used.has(`${pruned.name}:${tag}`));
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
async function imagesInUse(
  apis: Pick<Apis, "core" | "apps">,
  { namespace, name }: Pruned,
): Promise<Set<string>> {
  const [pods, sets, rollout] = await Promise.all([
    apis.core.listPodForAllNamespaces(),
    apis.apps.listReplicaSetForAllNamespaces(),
    readRollout(apis, namespace, name),
  ]);
  // Older ones of its own are about to go: the Deployment keeps no more than these.
  const ending = new Set((rollout?.revisions ?? []).slice(RELEASES_KEPT).map(({ set }) => set.metadata?.uid));
  const kept = sets.items.filter(({ metadata }) => !ending.has(metadata?.uid));
  const specs = [...pods.items.map(({ spec }) => spec), ...kept.map(({ spec }) => spec?.template?.spec)];
  return new Set(specs.flatMap((spec) => (spec?.containers ?? []).flatMap(({ image }) => image ?? [])));
}
