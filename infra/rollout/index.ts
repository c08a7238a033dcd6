import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../common/problem";
import type { Cluster } from "../../cluster";
import type { Config } from "../config";
import { explainAnyway } from "../../cluster/diagnosis/failed-rollout";
import { watchRollout } from "./watch";
import { NodeImages } from "../../cluster/images/node-images";
import { pruneImages } from "../../cluster/images/prune";
import { readable } from "../readable";
import { NOT_COMPLETE, untilComplete } from "../../cluster/releases/complete";
import type { ResilientService } from "../workload";
import { rolloutSeconds } from "../workload/timing";

/** A Deployment that is about to be made or changed. */
export interface Upcoming {
  readonly name: string;
  readonly cluster: Cluster;
  readonly config: Config;
  /** Its generation before; undefined where there is none yet. */
  readonly generation: number | undefined;
  /** How long its rollout may take, in milliseconds. */
  readonly limitMs: number;
}

/** Looks at the Deployment of a name before anything is declared. */
export async function beforeRollout(name: string, cluster: Cluster, config: Config): Promise<Upcoming> {
  const deployment = await cluster.api.deployment(config.namespace, name);
  const limitMs = rolloutSeconds(config) * 1000;
  return { name, cluster, config, generation: deployment?.metadata?.generation, limitMs };
}

/**
 * Follows the rollout that the engine is about to wait for: says why, if it is in vain, sees whether it is complete, if
 * the engine calls it ready, and then takes images away that nobody can want any more.
 *
 * @param image resolves once there is nothing else to wait for
 * @returns what resolves once the rollout is complete, and rejects with a RunError where it isn't in time
 */
export function followRollout(
  service: ResilientService,
  image: pulumi.Input<string>,
  upcoming: Upcoming,
): pulumi.Output<void> {
  if (pulumi.runtime.isDryRun()) return pulumi.output(undefined);
  const ready = new AbortController();
  const complete = service.deployment.metadata.generation.apply(async (generation) => {
    ready.abort();
    await readable(() => confirm(upcoming));
    if (generation !== upcoming.generation) await tidy(upcoming);
  });
  // The engine knows the Deployment by this name before the program does.
  const urn = pulumi.createUrn(upcoming.name, "kubernetes:apps/v1:Deployment", service);
  // As a warning: an error would make the update fail, even one that becomes ready at the last moment.
  const tell = (text: string) => pulumi.log.warn(text, { urn } as pulumi.Resource);
  pulumi
    .output(image)
    .apply(() => void watchRollout(upcoming.cluster.api.apis, upcoming, tell, ready.signal));
  return complete;
}

/**
 * The engine's plugin can call a rollout ready before it has begun, above all one to a pod template that the Deployment
 * has had before: the ReplicaSet of that is there, and until the controller scales it up it has all the pods that it
 * wants, none (pulumi-kubernetes, await/deployment.go). A bad release that was deployed again was a success that way.
 *
 * @throws {UserError} where the rollout isn't complete in time, with why
 */
async function confirm({ name, cluster: { api }, config, limitMs }: Upcoming): Promise<void> {
  if (await untilComplete(() => api.deployment(config.namespace, name), limitMs)) return;
  const why = await explainAnyway(api.apis, { name, config });
  if (why === undefined) return; // it is by now
  throw new UserError({
    what: `The rollout of the Deployment ${name} ${NOT_COMPLETE} ${limitMs / 1000} s.\n\n${why}\n`,
    todo: "npm run rollback goes back one release; or mend what it says above, then run this again",
  });
}

/** Images that can't be taken away now are taken away another time. */
async function tidy({ name, cluster, config: { namespace } }: Upcoming): Promise<void> {
  try {
    const images = await NodeImages.connect(cluster.kind.daemon, name);
    const gone = await pruneImages(images, cluster.api.apis, { namespace, name });
    if (gone.length > 0) await pulumi.log.info(`Images of old releases removed: ${gone.join(", ")}`);
  } catch (error) {
    await pulumi.log.debug(`images of old releases stay: ${(error as Error).message}`);
  }
}
