import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { mostPods } from "../../cluster/objects/workload";
import type { TrackArgs } from "./args";
import { deployment } from "./deployment";
import { besideDeployment } from "./manifests";
import { rolloutSeconds } from "./timing";

/** A track of a service: a Deployment, and what ./manifests.ts lists beside it. */
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
      // Before there were tracks, the Deployment and the PodDisruptionBudget were children of the service.
      aliases: [{ parent: opts.parent }],
      deleteBeforeReplace: true, // object names are fixed
      replacementTrigger: opts.replacementTrigger as unknown,
    };
    const { progressDeadlineSeconds, track, pod } = args;
    const { startSeconds } = pod;
    const limit = `${rolloutSeconds({ progressDeadlineSeconds, startSeconds, replicas: mostPods(track) })}s`;
    this.deployment = new k8s.apps.v1.Deployment(name, deployment(name, args), {
      ...child,
      customTimeouts: { create: limit, update: limit },
      // Declaring no number isn't enough: server-side apply removes a field that is no longer declared, and 1 is the
      // default.
      ignoreChanges: track.autoscale === undefined ? [] : ["spec.replicas"],
    });
    for (const manifest of besideDeployment(name, args))
      new k8s.apiextensions.CustomResource(name, manifest, child);
    this.registerOutputs();
  }
}
