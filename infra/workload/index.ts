import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { deploymentName } from "../../cluster/objects/workload";
import { tracksOf, type ResilientServiceArgs } from "./args";
import { besideService } from "./manifests";
import { envSecret, pullSecret } from "./secrets";
import { service } from "./service";
import { Track } from "./track";

export type { ResilientServiceArgs } from "./args";
export type { Track } from "./track";

/** A Service, the tracks behind it, and what ./manifests.ts lists. Rollouts, scaling and lost pods cost no request. */
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
    for (const manifest of besideService(name, args))
      new k8s.apiextensions.CustomResource(name, manifest, object);
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
