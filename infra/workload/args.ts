import type * as pulumi from "@pulumi/pulumi";
import type { ReleaseLabels } from "./labels";
import type { Resources } from "./pod";

/** An HTTP service as it should run. */
export interface ResilientServiceArgs {
  /** The image, which must be in the node already. */
  readonly image: pulumi.Input<string>;
  /** Which content this is; the pod reads it as RELEASE_VERSION. */
  readonly version: pulumi.Input<string>;
  /** How many pods. 0 is allowed. */
  readonly replicas: number;
  readonly namespace: pulumi.Input<string>;
  /** Of everything, the pods too. Among them `name`, and `release`, read as RELEASE_TRACK. */
  readonly labels: ReleaseLabels;
  /** Of everything but the pods. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The TCP port on which the container listens, and the Service's. */
  readonly port: number;
  /** The port on every node, from 30000 to 32767. */
  readonly nodePort: number;
  /** The HTTP path that answers 200 as long as the container needs no restart. */
  readonly healthPath: string;
  /** The HTTP path that answers 200 while the container wants requests. */
  readonly readyPath: string;
  /** The TCP port on which the container answers /metrics; 0 where it has none. The Service doesn't lead there. */
  readonly metricsPort: number;
  /** Whether to declare a PodMonitor. The Prometheus operator must be in the cluster. */
  readonly podMonitor: boolean;
  /** Whether to declare a NetworkPolicy. */
  readonly networkPolicy: boolean;
  /** Without progress for so many seconds a rollout has failed. */
  readonly progressDeadlineSeconds: number;
  /** Environment variables, beside those about the pod and its release. */
  readonly env?: Readonly<Record<string, pulumi.Input<string>>>;
  readonly resources: Resources;
}

/** What every object of the service has in its metadata. */
export function metadata(name: string, args: ResilientServiceArgs, more: Record<string, string> = {}) {
  const { namespace, labels } = args;
  // `kubectl scale` becomes the owner of spec.replicas; the next `up` takes it back instead of giving up.
  const annotations = { ...args.annotations, "pulumi.com/patchForce": "true", ...more };
  return { name, namespace, labels, annotations };
}
