import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { deploymentName } from "../../cluster/objects/workload";
import { tracksOf, type ResilientServiceArgs } from "./args";
import { httpRoute } from "./http-route";
import { podMonitor } from "./metrics";
import { networkPolicy } from "./network-policy";
import { envSecret, pullSecret } from "./secrets";
import { service } from "./service";
import { Track } from "./track";

export type { ResilientServiceArgs } from "./args";
export type { Track } from "./track";

/**
 * A Service and the tracks behind it. Rollouts, scaling and lost pods cost no request. A NetworkPolicy, a PodMonitor, an
 * HTTPRoute and Secrets are declared if wanted.
 */
export class ResilientService extends pulumi.ComponentResource {
  readonly service: k8s.core.v1.Service;
  readonly tracks: readonly Track[];

  /**
   * Declares all objects of the service. `opts.provider` must be the Kubernetes provider of the cluster; when
   * `opts.replacementTrigger` changes, every object is replaced.
   */
  constructor(name: string, args: ResilientServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("koa-on-minikube:index:ResilientService", name, {}, opts);
    const child = { parent: this, replacementTrigger: opts.replacementTrigger as unknown };
    // Object names are fixed: after a cluster was recreated, deleting the old object last would delete the new one.
    const object = { ...child, deleteBeforeReplace: true };
    const secretEnv = this.secretEnv(name, args, child);
    const secrets = { secretEnv, pullSecret: this.pullSecret(name, args, child) };
    this.tracks = tracksOf(name, args, secrets).map(
      (track) => new Track(deploymentName(name, track.track.name), track, child),
    );
    this.service = new k8s.core.v1.Service(name, service(name, args), object);
    if (args.networkPolicy) new k8s.networking.v1.NetworkPolicy(name, networkPolicy(name, args), object);
    if (args.podMonitor) new k8s.apiextensions.CustomResource(name, podMonitor(name, args), object);
    if (args.gateway) new k8s.apiextensions.CustomResource(name, httpRoute(name, args, args.gateway), object);
    this.registerOutputs({});
  }

  /** Declares the Secret with the container's secret variables, if there are any. @returns its name, and theirs */
  private secretEnv(name: string, args: ResilientServiceArgs, opts: pulumi.CustomResourceOptions) {
    const names = Object.keys(args.secretEnv);
    if (names.length === 0) return undefined;
    const { metadata } = new k8s.core.v1.Secret(`${name}-env`, envSecret(name, args), opts);
    return { secret: metadata.name, names };
  }

  /** Declares the Secret with which nodes pull the image, if they need one. @returns its name */
  private pullSecret(name: string, args: ResilientServiceArgs, opts: pulumi.CustomResourceOptions) {
    if (args.pullSecret === undefined) return undefined;
    return new k8s.core.v1.Secret(`${name}-pull`, pullSecret(name, args), opts).metadata.name;
  }
}
