/** The pod that answered, as `/pod` describes it. */
export interface Pod {
  readonly name: string;
  readonly ip: string;
  readonly node: string | null;
  readonly track: string;
  readonly version: string;
  readonly startedAt: string;
}

/** What came back to one request: an answer from a pod, or the reason why there is none. */
export type Outcome = Answer | Failure;

/** A pod's answer. Times are in milliseconds. */
export interface Answer {
  readonly pod: Pod;
  readonly at: number;
  readonly latencyMs: number;
  /** By the pod's own clock, so that a browser whose clock is wrong doesn't matter. */
  readonly uptimeMs: number;
  readonly draining: boolean;
  /** Whether the connection is closed after it: the load balancer chooses again for the next one. */
  readonly last: boolean;
}

/** A request without an answer that counts. */
export interface Failure {
  readonly pod?: never;
  readonly at: number;
  readonly why: string;
  /** The track that answered with an error, if one did. */
  readonly track?: string;
}

/** The pod in a body of `/pod`, or nothing if something else answered. */
export function parsePod(body: unknown): Pod | undefined {
  const pod = body as Pod | null;
  const strings = [pod?.name, pod?.ip, pod?.track, pod?.version, pod?.startedAt, pod?.node ?? ""];
  return strings.every((value) => typeof value === "string") ? (pod as Pod) : undefined;
}
