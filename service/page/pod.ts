/** The pod that answered, as `/pod` describes it. */
export interface Pod {
  readonly name: string;
  readonly ip: string;
  readonly node: string | null;
  readonly track: string;
  readonly version: string;
  readonly startedAt: string;
  /** In percent of the CPU that the pod requests: its use, and where its autoscaler aims. Not set without one. */
  readonly cpu?: { readonly percent: number; readonly targetPercent: number };
}

/** The outcome of one request: a pod's answer, or the reason why there is none. */
export type Outcome = Answer | Failure;

/** A pod's answer. Times are in milliseconds. */
export interface Answer {
  readonly pod: Pod;
  readonly at: number;
  readonly latencyMs: number;
  /** By the pod's clock, so that a wrong clock of the browser doesn't matter. */
  readonly uptimeMs: number;
  readonly draining: boolean;
  /** Whether the connection is closed after this answer, so that the load balancer chooses a pod for the next one. */
  readonly last: boolean;
}

/** A request that no pod has answered with success. */
export interface Failure {
  readonly pod?: never;
  readonly at: number;
  readonly why: string;
  /** The track that answered with an error, if one did. */
  readonly track?: string;
}

/** The pod in a body of `/pod`. Undefined if something else has answered. */
export function parsePod(body: unknown): Pod | undefined {
  const pod = body as Pod | null;
  const strings = [pod?.name, pod?.ip, pod?.track, pod?.version, pod?.startedAt, pod?.node ?? ""];
  const numbers = [pod?.cpu?.percent ?? 0, pod?.cpu?.targetPercent ?? 0];
  const isPod = strings.every((value) => typeof value === "string") && numbers.every(Number.isFinite);
  return isPod ? (pod as Pod) : undefined;
}
