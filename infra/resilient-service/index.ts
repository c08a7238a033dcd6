import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ReleaseLabels } from "./labels";
import { podSpec, type Resources } from "./pod";
import { podEnv } from "./pod-env";
import { rolloutSeconds, timing } from "./timing";

/** An HTTP service as it should run. */
export interface ResilientServiceArgs {
  /** The image, which must be in the node already. */
  readonly image: pulumi.Input<string>;
  /** Which content this is; the pod reads it as RELEASE_VERSION. */
  readonly version: pulumi.Input<string>;
  /** How many pods. 0 is allowed. */
  readonly replicas: number;
  readonly namespace: pulumi.Input<string>;
  /** Of the Deployment, the pods and the Service. Among them `name`, and `release`, read as RELEASE_TRACK. */
  readonly labels: ReleaseLabels;
  /** Of the Deployment and the Service. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The TCP port on which the container listens, and the Service's. */
  readonly port: number;
  /** The port on every node, from 30000 to 32767. */
  readonly nodePort: number;
  /** The HTTP path that answers 200 as long as the container needs no restart. */
  readonly healthPath: string;
  /** The HTTP path that answers 200 while the container wants requests. */
  readonly readyPath: string;
  /** Environment variables, beside those about the pod and its release. */
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly resources: Resources;
}

/**
 * A Deployment and the NodePort Service before it, made so that rollouts, scaling and lost pods cost no request. Both
 * are called like the component.
 */
export class ResilientService extends pulumi.ComponentResource {
  readonly deployment: k8s.apps.v1.Deployment;
  readonly service: k8s.core.v1.Service;
  /** The port on every node. */
  readonly nodePort: pulumi.Output<number>;

  /**
   * Declares both. `opts.provider` must be the Kubernetes provider of the cluster that is meant; what
   * `opts.replacementTrigger` says makes both anew when it changes.
   */
  constructor(name: string, args: ResilientServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("koa-on-minikube:index:ResilientService", name, {}, opts);
    const child: pulumi.CustomResourceOptions = {
      parent: this,
      // A program that had declared the two by themselves keeps them when it moves to this component.
      aliases: [{ parent: pulumi.rootStackResource }],
      // Their names are given. In a cluster made anew, the deletion of the old one would hit the new one.
      deleteBeforeReplace: true,
      replacementTrigger: opts.replacementTrigger as unknown,
    };
    const create = `${rolloutSeconds(args.replicas)}s`;
    const customTimeouts = { create, update: create };
    this.deployment = new k8s.apps.v1.Deployment(name, deployment(name, args), { ...child, customTimeouts });
    this.service = new k8s.core.v1.Service(name, service(name, args), child);
    this.nodePort = this.service.spec.ports[0]!.nodePort;
    this.registerOutputs({ nodePort: this.nodePort });
  }
}

/** By the Service: whichever release a pod is of. */
const serves = ({ name }: ReleaseLabels) => ({ name });
/** By the Deployment: only the pods of its own release. */
const runs = ({ name, release }: ReleaseLabels) => ({ name, release });

function deployment(name: string, args: ResilientServiceArgs): k8s.apps.v1.DeploymentArgs {
  const { labels, port } = args;
  const release = { port, track: labels.release, version: args.version };
  const env = podEnv(release, args.env ?? {});
  return {
    metadata: metadata(name, args),
    spec: {
      replicas: args.replicas,
      selector: { matchLabels: runs(labels) },
      // Never below the wanted number of ready pods, whichever way a rollout goes.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
      progressDeadlineSeconds: timing.progressDeadline,
      revisionHistoryLimit: 5, // enough to go back a few releases, few enough to read
      template: { metadata: { labels }, spec: podSpec({ ...args, env, containerName: `${name}-container` }) },
    },
  };
}

function service(name: string, args: ResilientServiceArgs): k8s.core.v1.ServiceArgs {
  const { port, nodePort, labels } = args;
  return {
    // The Deployment waits for its pods to be ready: to wait for the Service too would take up to 10 s for nothing.
    metadata: metadata(name, args, { "pulumi.com/skipAwait": "true" }),
    spec: {
      type: "NodePort",
      selector: serves(labels),
      ports: [{ name: "http", port, targetPort: "http", nodePort, protocol: "TCP" }],
    },
  };
}

function metadata(name: string, args: ResilientServiceArgs, more: Record<string, string> = {}) {
  const { namespace, labels } = args;
  // `kubectl scale` becomes the owner of spec.replicas; the next `up` takes it back instead of giving up.
  const annotations = { ...args.annotations, "pulumi.com/patchForce": "true", ...more };
  return { name, namespace, labels, annotations };
}
