import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { mostPods } from "../../cluster/objects/workload";
import type { TrackArgs } from "./args";
import { autoscaler } from "./autoscaler";
import { deployment } from "./deployment";
import { disruptionBudget } from "./disruption-budget";
import { rolloutSeconds } from "./timing";

/** A track of a service: the Deployment, the PodDisruptionBudget that guards its pods, and an autoscaler if wanted. */
export class Track extends pulumi.ComponentResource {
  readonly deployment: k8s.apps.v1.Deployment;

  /** @param name the name of every object */
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
    const limit = `${rolloutSeconds({ progressDeadlineSeconds, startSeconds, replicas: mostPods(track) })}s`;
    this.deployment = new k8s.apps.v1.Deployment(name, deployment(name, args), {
      ...child,
      customTimeouts: { create: limit, update: limit },
      // Only not declaring the number would set it to 1: whoever applies no more what nobody else owns, deletes it.
      ignoreChanges: track.autoscale === undefined ? [] : ["spec.replicas"],
    });
    new k8s.policy.v1.PodDisruptionBudget(name, disruptionBudget(name, args), child);
    if (track.autoscale !== undefined) {
      const object = autoscaler(name, args, track.autoscale);
      new k8s.autoscaling.v2.HorizontalPodAutoscaler(name, object, child);
    }
    this.registerOutputs();
  }
}
