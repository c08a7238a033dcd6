import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ROOT } from "../common/root";
import { prepareContext } from "./image/build-context";
import { connectCluster } from "../cluster";
import { parseConfig } from "./config";
import { readEnvironment } from "../cluster/connection/environment";
import { buildImage } from "./image";
import { builtBefore } from "./image/built-before";
import { makeNamespace } from "./namespace";
import { ownedBy, refuseForeign } from "../cluster/objects/ownership";
import { workloadOf } from "../cluster/objects/workload";
import { refuseUnknownPodMonitor } from "../cluster/objects/pod-monitors";
import { refuseTooManyPods } from "../cluster/objects/room";
import { activePin } from "../cluster/releases/pin";
import { readable, warn } from "./readable";
import { ResilientService } from "./workload";
import { beforeRollouts, followRollouts } from "./rollout";
import { serviceArgs } from "./service-args";
import { stackIdentity } from "./stack-identity";

/** What is deployed, from top to bottom. Nothing is declared before all that could be refused was looked at. */
async function deploy() {
  const project = pulumi.getProject();
  const stack = stackIdentity();
  const environment = readEnvironment(process.env);
  const { secretKeys } = environment;
  const config = parseConfig({ project, values: pulumi.runtime.allConfig(), secretKeys });
  const workload = workloadOf(config);
  const { name, nodePort, replicas } = config;

  const context = await prepareContext(ROOT, config, join(ROOT, ".build"));
  for (const text of context.warnings) await warn(text);
  const cluster = await connectCluster(config.context, environment);
  await refuseForeign(cluster.api, { workload, nodePort, stack });
  await refuseUnknownPodMonitor(cluster.api, config.podMonitor);
  const tight = await refuseTooManyPods(cluster.api.apis, workload);
  if (tight !== undefined) await warn(tight);
  const images = cluster.kind.images(name);
  const pin = activePin(context.tag, config.rolledBack);
  const release = pin?.to ?? context.tag;
  const before = pin && (await builtBefore(pin, images));
  const upcoming = await beforeRollouts(cluster, workload);
  const { url, warning } = cluster.kind.urlOf(workload, nodePort);
  if (warning !== undefined) await warn(warning);

  const provider = new k8s.Provider("minikube", {
    kubeconfig: cluster.kubeconfig,
    context: cluster.context,
    clusterIdentifier: cluster.id, // made anew under the same name, it is another: everything is deployed again
  });
  // The provider alone doesn't notice where the old client configuration can't be read any more.
  const anew = { provider, replacementTrigger: cluster.id };
  const image = before ?? buildImage(name, context, images, cluster.id);
  const args = serviceArgs(config, {
    workload,
    namespace: makeNamespace(config.namespace, ownedBy(stack), anew),
    annotations: ownedBy(stack),
    release,
    image,
    images,
  });
  const service = new ResilientService(name, args, anew);
  const complete = followRollouts(service, image, upcoming);
  return { url: pulumi.all([service.nodePort, complete]).apply(() => url), image, release, replicas };
}

export = () => readable(deploy);
