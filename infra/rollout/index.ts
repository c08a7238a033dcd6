import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../common/problem";
import type { Cluster } from "../../cluster";
import { explainRolloutAnyway } from "../../cluster/diagnosis/failed-rollout";
import { mostPods, trackFlag, type Workload } from "../../cluster/objects/workload";
import { pruneImages } from "../../cluster/images/prune";
import { withReadableErrors, warn } from "../messages";
import { ROLLOUT_INCOMPLETE, untilComplete } from "../../cluster/releases/complete";
import type { ResilientService } from "../workload";
import { rolloutSeconds } from "../workload/timing";
import { watchRollout, type UpcomingRollout } from "./watch";

/** The rollouts of a workload before an update. */
interface Upcoming {
  readonly cluster: Cluster;
  readonly workload: Workload;
  readonly rollouts: readonly UpcomingRollout[];
}

/** Reads the Deployments of a workload before anything is declared. */
export async function beforeRollouts(cluster: Cluster, workload: Workload): Promise<Upcoming> {
  const rollouts = workload.tracks.map(async (track) => {
    const deployment = await cluster.api.deployment(workload.namespace, track.deployment);
    const limitMs = rolloutSeconds({ ...workload, replicas: mostPods(track) }) * 1000;
    return { workload, track, generation: deployment?.metadata?.generation, limitMs };
  });
  return { cluster, workload, rollouts: await Promise.all(rollouts) };
}

/**
 * Follows the rollouts that the engine waits for: explains one that fails, waits until those that the engine calls ready
 * are complete, and then removes images of old releases.
 *
 * @param tracks each rollout begins once its image is there
 * @returns an output that resolves once all rollouts are complete, and rejects with a RunError if one is late
 */
export function followRollouts(
  service: ResilientService,
  tracks: readonly { readonly image: pulumi.Input<string> }[],
  { cluster, workload, rollouts }: Upcoming,
): pulumi.Output<void> {
  if (pulumi.runtime.isDryRun()) return pulumi.output(undefined);
  const changes = rollouts.map((rollout, index) =>
    followRollout(service.tracks[index]!, tracks[index]!.image, cluster, rollout),
  );
  return pulumi.all(changes).apply(async (changed) => {
    if (changed.includes(true)) await tidy(cluster, workload);
  });
}

/** @returns whether the rollout changed anything, once it is complete */
function followRollout(
  track: ResilientService["tracks"][number],
  image: pulumi.Input<string>,
  { api }: Cluster,
  upcoming: UpcomingRollout,
): pulumi.Output<boolean> {
  const ready = new AbortController();
  const changed = track.deployment.metadata.generation.apply(async (generation) => {
    ready.abort();
    await withReadableErrors(() => confirm(api, upcoming));
    return generation !== upcoming.generation;
  });
  // The engine knows the Deployment by this name before the program does.
  const urn = pulumi.createUrn(upcoming.track.deployment, "kubernetes:apps/v1:Deployment", track);
  // A warning, because an error would fail an update that becomes ready at the last moment.
  const tell = (text: string) => warn(text, { urn } as pulumi.Resource);
  pulumi.output(image).apply(() => void watchRollout(api.apis, upcoming, tell, ready.signal));
  return changed;
}

/**
 * Waits until a rollout is complete. The Kubernetes plugin can call a rollout ready before it has begun: if the Deployment
 * goes back to an earlier pod template, the old ReplicaSet wants no pods, and has none, until the controller scales it up
 * (pulumi-kubernetes, await/deployment.go).
 *
 * @throws {UserError} if the rollout isn't complete in time, with the reason
 */
async function confirm(api: Cluster["api"], { workload, track, limitMs }: UpcomingRollout): Promise<void> {
  const { deployment } = track;
  if (await untilComplete(() => api.deployment(workload.namespace, deployment), limitMs)) return;
  const why = await explainRolloutAnyway(api.apis, { workload, track });
  if (why === undefined) return; // it is complete by now
  throw new UserError({
    what: `The rollout of the Deployment ${deployment} was not complete within ${limitMs / 1000} s. ${ROLLOUT_INCOMPLETE}\n\n${why}\n`,
    todo: `npm run rollback${trackFlag(track)} goes back one release; or fix the error above, then run this again`,
  });
}

/** Removes images of old releases. An image that can't be removed now is removed after a later update. */
async function tidy(cluster: Cluster, workload: Workload): Promise<void> {
  try {
    const gone = await pruneImages(cluster.kind.images(workload.name), cluster.api.apis, workload);
    if (gone.length > 0) await pulumi.log.info(`Images of old releases removed: ${gone.join(", ")}`);
  } catch (error) {
    await pulumi.log.debug(`images of old releases stay: ${(error as Error).message}`);
  }
}
