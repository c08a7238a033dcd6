import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { deploymentName } from "../../cluster/objects/workload";
import type { ResilientServiceArgs } from "./args";
import { podMonitor } from "./metrics";
import { networkPolicy } from "./network-policy";
import { envSecret, pullSecret } from "./secrets";
import { service } from "./service";
import { Track } from "./track";

export type { ResilientServiceArgs } from "./args";
export type { Track } from "./track";

/**
 * A NodePort Service and the tracks behind it, made so that rollouts, scaling and lost pods cost no request; beside
 * them, if wanted, a NetworkPolicy, a PodMonitor and a Secret. The name of these three is that of the component.
 */
export class ResilientService extends pulumi.ComponentResource {
  readonly service: k8s.core.v1.Service;
  readonly tracks: readonly Track[];
  /** The port on every node. */
  readonly nodePort: pulumi.Output<number>;

  /**
   * Declares them. `opts.provider` must be the Kubernetes provider of the cluster; when `opts.replacementTrigger`
   * changes, everything is replaced.
   */
  constructor(name: string, args: ResilientServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("koa-on-minikube:index:ResilientService", name, {}, opts);
    const child = { parent: this, replacementTrigger: opts.replacementTrigger as unknown };
    // Their names are given: after a cluster was made again, deleting the old one would delete the new one.
    const object = { ...child, deleteBeforeReplace: true };
    const { namespace, labels, annotations, progressDeadlineSeconds } = args;
    const secretEnv = this.secretEnv(name, args, child);
    const pod = { ...args.pod, secretEnv, pullSecret: this.pullSecret(name, args, child) };
    const common = { namespace, labels, annotations, pod, progressDeadlineSeconds };
    this.tracks = args.tracks.map(
      (track) => new Track(deploymentName(name, track.name), { service: name, track, ...common }, child),
    );
    this.service = new k8s.core.v1.Service(name, service(name, args), object);
    if (args.networkPolicy) new k8s.networking.v1.NetworkPolicy(name, networkPolicy(name, args), object);
    if (args.podMonitor) new k8s.apiextensions.CustomResource(name, podMonitor(name, args), object);
    this.nodePort = this.service.spec.ports[0]!.nodePort;
    this.registerOutputs({ nodePort: this.nodePort });
  }

  /** Declares the Secret with variables of the container, if there are any. @returns how the pods find it */
  private secretEnv(name: string, args: ResilientServiceArgs, opts: pulumi.CustomResourceOptions) {
    const names = Object.keys(args.secretEnv);
    if (names.length === 0) return undefined;
    const { metadata } = new k8s.core.v1.Secret(`${name}-env`, envSecret(name, args), opts);
    return { secret: metadata.name, names };
  }

  /** Declares the Secret by which nodes pull the image, if they need one. @returns its name */
  private pullSecret(name: string, args: ResilientServiceArgs, opts: pulumi.CustomResourceOptions) {
    if (args.pullSecret === undefined) return undefined;
    return new k8s.core.v1.Secret(`${name}-pull`, pullSecret(name, args), opts).metadata.name;
  }
}
