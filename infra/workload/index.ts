import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { deploymentName } from "../../cluster/objects/workload";
import { tracksOf, type PodSecrets, type ResilientServiceArgs } from "./args";
import { besideService, secretsOf } from "./manifests";
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
    this.tracks = tracksOf(name, args, this.secrets(name, args, child)).map(
      (track) => new Track(deploymentName(name, track.track.name), track, child),
    );
    this.service = new k8s.core.v1.Service(name, service(name, args), object);
    for (const manifest of besideService(name, args))
      new k8s.apiextensions.CustomResource(name, manifest, object);
    this.registerOutputs({});
  }

  /** Declares the Secrets that the service needs. @returns how the pods refer to them */
  private secrets(name: string, args: ResilientServiceArgs, opts: pulumi.CustomResourceOptions): PodSecrets {
    const needed = secretsOf(name, args);
    const declare = (secret: string, data: k8s.core.v1.SecretArgs) =>
      new k8s.core.v1.Secret(secret, data, opts).metadata.name;
    return {
      secretEnv: needed.secretEnv && {
        ...needed.secretEnv,
        secret: declare(needed.secretEnv.secret, envSecret(name, args)),
      },
      pullSecret: needed.pullSecret && declare(needed.pullSecret, pullSecret(name, args)),
    };
  }
}
