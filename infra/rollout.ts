import * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./cluster";
import type { Config } from "./config";
import { watchRollout } from "./diagnosis/watch";
import { NodeImages } from "./image/node-images";
import { pruneImages } from "./image/prune";
import type { ResilientService } from "./resilient-service";
import { rolloutSeconds } from "./resilient-service/timing";

/** A Deployment that is about to be made or changed. */
export interface Upcoming {
  readonly name: string;
  readonly cluster: Cluster;
  readonly config: Config;
  /** Its generation before; undefined where there is none yet. */
  readonly generation: number | undefined;
}

/** Looks at the Deployment of a name before anything is declared. */
export async function beforeRollout(name: string, cluster: Cluster, config: Config): Promise<Upcoming> {
  const deployment = await cluster.api.deployment(config.namespace, name);
  return { name, cluster, config, generation: deployment?.metadata?.generation };
}

/**
 * Follows the rollout that the engine is about to wait for: says why, if it is in vain, and takes images away that
 * nobody can want any more, if it isn't. It neither makes an update fail nor keeps one from failing.
 *
 * @param image resolves once there is nothing else to wait for
 */
export function followRollout(
  service: ResilientService,
  image: pulumi.Input<string>,
  upcoming: Upcoming,
): void {
  if (pulumi.runtime.isDryRun()) return;
  const ready = new AbortController();
  service.deployment.metadata.generation.apply((generation) => {
    ready.abort();
    return generation === upcoming.generation ? undefined : tidy(upcoming);
  });
  // The engine knows the Deployment by this name before the program does.
  const urn = pulumi.createUrn(upcoming.name, "kubernetes:apps/v1:Deployment", service);
  // As a warning: an error would make the update fail, even one that becomes ready at the last moment.
  const tell = (text: string) => pulumi.log.warn(text, { urn } as pulumi.Resource);
  pulumi.output(image).apply(() => void watch(upcoming, tell, ready.signal));
}

async function watch(
  { name, cluster, config, generation }: Upcoming,
  tell: (text: string) => Promise<void>,
  ready: AbortSignal,
): Promise<void> {
  const limitMs = rolloutSeconds(config) * 1000;
  await watchRollout(cluster.api.apis, { name, config, generation, limitMs }, tell, ready);
}

/** Images that can't be taken away now are taken away another time. */
async function tidy({ name, cluster, config: { namespace } }: Upcoming): Promise<void> {
  try {
    const images = await NodeImages.connect(cluster.daemon, name);
    const gone = await pruneImages(images, cluster.api.apis, { namespace, name });
    if (gone.length > 0) await pulumi.log.info(`Images of old releases removed: ${gone.join(", ")}`);
  } catch (error) {
    await pulumi.log.debug(`images of old releases stay: ${(error as Error).message}`);
  }
}
