import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ResilientServiceArgs } from "./args";
import { deployment } from "./deployment";
import { disruptionBudget } from "./disruption-budget";
import { podMonitor } from "./metrics";
import { networkPolicy } from "./network-policy";
import { service } from "./service";
import { rolloutSeconds } from "./timing";

export type { ResilientServiceArgs } from "./args";

/**
 * A Deployment and the NodePort Service before it, made so that rollouts, scaling and lost pods cost no request, and
 * what guards them: a PodDisruptionBudget and, if wanted, a NetworkPolicy and a PodMonitor. All are called like the
 * component.
 */
export class ResilientService extends pulumi.ComponentResource {
  readonly deployment: k8s.apps.v1.Deployment;
  readonly service: k8s.core.v1.Service;
  /** The port on every node. */
  readonly nodePort: pulumi.Output<number>;

  /**
   * Declares them. `opts.provider` must be the Kubernetes provider of the cluster that is meant; what
   * `opts.replacementTrigger` says makes all of them anew when it changes.
   */
  constructor(name: string, args: ResilientServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("koa-on-minikube:index:ResilientService", name, {}, opts);
    const child: pulumi.CustomResourceOptions = {
      parent: this,
      // A program that had declared them by themselves keeps them when it moves to this component.
      aliases: [{ parent: pulumi.rootStackResource }],
      // Their names are given. In a cluster made anew, the deletion of the old one would hit the new one.
      deleteBeforeReplace: true,
      replacementTrigger: opts.replacementTrigger as unknown,
    };
    const create = `${rolloutSeconds(args)}s`;
    const customTimeouts = { create, update: create };
    this.deployment = new k8s.apps.v1.Deployment(name, deployment(name, args), { ...child, customTimeouts });
    this.service = new k8s.core.v1.Service(name, service(name, args), child);
    new k8s.policy.v1.PodDisruptionBudget(name, disruptionBudget(name, args), child);
    if (args.networkPolicy) new k8s.networking.v1.NetworkPolicy(name, networkPolicy(name, args), child);
    if (args.podMonitor) new k8s.apiextensions.CustomResource(name, podMonitor(name, args), child);
    this.nodePort = this.service.spec.ports[0]!.nodePort;
    this.registerOutputs({ nodePort: this.nodePort });
  }
}
