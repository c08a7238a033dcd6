import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { TrackArgs } from "./args";
import { deployment } from "./deployment";
import { disruptionBudget } from "./disruption-budget";
import { rolloutSeconds } from "./timing";

/** A track of a service: the Deployment with its pods and the PodDisruptionBudget that guards them. */
export class Track extends pulumi.ComponentResource {
  readonly deployment: k8s.apps.v1.Deployment;

  /** @param name the name of both objects */
  constructor(
    name: string,
    args: TrackArgs,
    opts: pulumi.ComponentResourceOptions & { parent: pulumi.Resource },
  ) {
    super("koa-on-minikube:index:Track", name, {}, opts);
    const child: pulumi.CustomResourceOptions = {
      parent: this,
      // Before there were tracks, both were the service's own children.
      aliases: [{ parent: opts.parent }],
      deleteBeforeReplace: true, // their names are given
      replacementTrigger: opts.replacementTrigger as unknown,
    };
    const { progressDeadlineSeconds, track, pod } = args;
    const { startSeconds } = pod;
    const limit = `${rolloutSeconds({ progressDeadlineSeconds, startSeconds, replicas: track.replicas })}s`;
    const customTimeouts = { create: limit, update: limit };
    this.deployment = new k8s.apps.v1.Deployment(name, deployment(name, args), { ...child, customTimeouts });
    new k8s.policy.v1.PodDisruptionBudget(name, disruptionBudget(name, args), child);
    this.registerOutputs();
  }
}
