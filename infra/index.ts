import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { readEnvironment } from "../cluster/connection/environment";
import { deleteFormerAutoscalers } from "../cluster/objects/autoscalers";
import { ownedBy } from "../cluster/objects/ownership";
import { workloadOf } from "../cluster/objects/workload";
import { ROOT } from "../common/root";
import { connectAndCheck } from "./checks";
import { parseConfig } from "./config";
import { readDevSession } from "./config/dev-session";
import { buildImage } from "./image";
import { passedContext } from "./image/build-context";
import { withReadableErrors, warn } from "./messages";
import { releasesOf } from "./releases";
import { beforeRollouts, followRollouts } from "./rollout";
import { serviceArgs } from "./service-args";
import { stackIdentity } from "./stack-identity";
import { urlOutputs } from "./url";
import { ResilientService } from "./workload";
import { makeNamespace } from "./workload/namespace";

/** Everything that is deployed, from top to bottom. All checks come before the first object is declared. */
async function deploy() {
  const project = pulumi.getProject();
  const stack = stackIdentity();
  const environment = readEnvironment(process.env);
  const { secretKeys } = environment;
  const config = parseConfig({ project, values: pulumi.runtime.allConfig(), secretKeys });
  const workload = workloadOf(config);
  const { name } = config;
  const session = readDevSession(process.env);
  const [context, { cluster, nodePort }] = await Promise.all([
    session === undefined ? passedContext(process.env, ROOT, config) : undefined,
    connectAndCheck(config, environment, workload, stack),
  ]);
  for (const text of context?.warnings ?? []) await warn(text);
  const images = cluster.kind.images(name);
  const releases = context
    ? await releasesOf(workload, context.tag, config.rolledBack, images)
    : workload.tracks.map((track) => ({ track, release: session?.releases[track.name] ?? "" }));
  const pullSecret = await images.pullSecret();
  const upcoming = await beforeRollouts(cluster, workload);
  if (!pulumi.runtime.isDryRun()) await deleteFormerAutoscalers(cluster.api, workload, stack);

  const provider = new k8s.Provider("minikube", {
    kubeconfig: cluster.kubeconfig,
    context: cluster.context,
    clusterIdentifier: cluster.id, // in a new cluster of the same name, every object is made again
  });
  // The provider doesn't notice a new cluster if the kubeconfig entry of the old one is gone.
  const resourceOptions = { provider, replacementTrigger: cluster.id };
  const runsCode = releases.some(({ release }) => release === context?.tag);
  const built = context && runsCode ? buildImage(name, context, images, cluster.id) : "";
  const tracks = releases.map(({ track, release }) => {
    return { track, release, image: release === context?.tag ? built : images.imageOf(release) };
  });
  const args = serviceArgs(config, {
    tracks,
    namespace: makeNamespace(config.namespace, ownedBy(stack), resourceOptions),
    annotations: ownedBy(stack),
    nodePort,
    images,
    pullSecret,
    session,
  });
  const service = new ResilientService(name, args, resourceOptions);
  const complete = followRollouts(service, args.tracks, upcoming);
  const deployed = pulumi.all([service.service.metadata.name, complete]);

  const stable = tracks[0]!;
  const { replicas, autoscale } = stable.track;
  return {
    ...urlOutputs(cluster, workload, { ...config, nodePort }, deployed),
    image: stable.image,
    release: stable.release,
    ...(autoscale === undefined ? { replicas } : { autoscale }),
    // Each track's release, if there are several.
    ...(tracks.length > 1 && {
      releases: Object.fromEntries(tracks.map((each) => [each.track.name, each.release])),
    }),
  };
}

export = () => withReadableErrors(deploy);
