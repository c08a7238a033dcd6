import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ROOT } from "../common/root";
import { prepareContext } from "./image/build-context";
import { connectCluster, destination } from "../cluster";
import { parseConfig } from "./config";
import { readDevSession } from "./config/dev-session";
import { readEnvironment } from "../cluster/connection/environment";
import { buildImage } from "./image";
import { releasesOf } from "./image/releases";
import { makeNamespace } from "./namespace";
import { deleteFormerAutoscalers, refuseNoMetrics } from "../cluster/objects/autoscalers";
import { refuseUnknownGateway } from "../cluster/objects/gateways";
import { doubtEgress } from "../cluster/objects/network-plugin";
import { findNodePort } from "../cluster/objects/node-port";
import { ownedBy, refuseForeign } from "../cluster/objects/ownership";
import { workloadOf } from "../cluster/objects/workload";
import { refuseUnknownPodMonitor } from "../cluster/objects/pod-monitors";
import { refuseTooManyPods } from "../cluster/objects/room";
import { withReadableErrors, warn } from "./messages";
import { ResilientService } from "./workload";
import { beforeRollouts, followRollouts } from "./rollout";
import { serviceArgs } from "./service-args";
import { stackIdentity } from "./stack-identity";
import { findUrl } from "./url";

/** Everything that is deployed, from top to bottom. All checks come before the first object is declared. */
async function deploy() {
  const project = pulumi.getProject();
  const stack = stackIdentity();
  const environment = readEnvironment(process.env);
  const { secretKeys } = environment;
  const config = parseConfig({ project, values: pulumi.runtime.allConfig(), secretKeys });
  const workload = workloadOf(config);
  const { name, expose, gateway } = config;

  const session = readDevSession(process.env);
  const [context, cluster] = await Promise.all([
    session === undefined ? prepareContext(ROOT, config) : undefined,
    connectCluster(config, environment),
  ]);
  for (const text of context?.warnings ?? []) await warn(text);
  if (!cluster.kind.isMinikube) await pulumi.log.info(destination(cluster, config.namespace));
  const images = cluster.kind.images(name);
  const nodePort =
    expose === "NodePort"
      ? (config.nodePort ?? (await findNodePort(cluster.api, workload, stack)))
      : undefined;
  await refuseForeign(cluster.api, { workload, nodePort, gateway, stack });
  await refuseUnknownGateway(cluster.api, workload, gateway);
  await refuseUnknownPodMonitor(cluster.api, config.podMonitor);
  const doubts = await Promise.all([
    refuseTooManyPods(cluster.api.apis, workload),
    refuseNoMetrics(cluster.api.apis, workload, cluster.kind.getMetricsServer),
    doubtEgress(cluster.api.apis, config.egress),
  ]);
  for (const doubt of doubts) if (doubt !== undefined) await warn(doubt);
  const releases = context
    ? await releasesOf(workload, context.tag, config.rolledBack, images)
    : workload.tracks.map((track) => ({ track, release: session?.releases[track.name] ?? "" }));
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
    pullSecret: await images.pullSecret(),
    session,
  });
  const service = new ResilientService(name, args, resourceOptions);
  const complete = followRollouts(service, args.tracks, upcoming);
  const reached = pulumi.all([service.service.metadata.name, complete]).apply(async () => {
    const found = await findUrl(cluster, workload, nodePort, config);
    if (found.warning !== undefined) await warn(found.warning);
    return found;
  });
  // An output that is only known later can't be undefined.
  const urlWarning =
    nodePort === undefined
      ? reached.apply(({ warning = "" }) => warning)
      : cluster.kind.urlOf(nodePort).warning;
  const stable = tracks[0]!;
  const { replicas, autoscale } = stable.track;
  return {
    url: reached.url,
    ...(urlWarning !== undefined && { urlWarning }),
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
