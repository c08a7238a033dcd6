import { parseQuantity } from "../../common/quantity";
import type { Key, Keys } from "./schema";

/** A value that doesn't go with those of other keys. */
export interface Conflict {
  readonly key: Key;
  /** What goes with them. */
  readonly allowed: string;
  /** What to give to `npx pulumi config`. */
  readonly fix: string;
}

/** @param keys those that are valid by themselves, defaults included; isSet: whether a key was given at all */
type Rule = (keys: Partial<Keys>, isSet: (key: Key) => boolean) => Conflict | undefined;

const differentPorts: Rule = ({ port, metricsPort }) => {
  if (port === undefined || port !== metricsPort) return undefined;
  const allowed = "another port than the service's own, or 0 for a service without metrics";
  return { key: "metricsPort", allowed, fix: `set metricsPort ${port === 9465 ? 9464 : 9465}` };
};

const metricsToScrape: Rule = ({ podMonitor, metricsPort }) => {
  if (podMonitor !== true || metricsPort !== 0) return undefined;
  const allowed = "false, or a metricsPort other than 0: without one there is nothing to scrape";
  return { key: "podMonitor", allowed, fix: "set podMonitor false" };
};

/** If only one of the two is set, the other goes by it. */
const timeToStart: Rule = ({ startSeconds = 0, progressDeadlineSeconds = Infinity }, isSet) => {
  if (!isSet("startSeconds") || !isSet("progressDeadlineSeconds")) return undefined;
  if (startSeconds <= progressDeadlineSeconds) return undefined;
  return {
    key: "progressDeadlineSeconds",
    allowed: `at least startSeconds, which is ${startSeconds}: a pod may take that long to start`,
    fix: `set progressDeadlineSeconds ${deadlineFor(startSeconds)}`,
  };
};

const oneWayToAsk = (key: "health" | "ready"): Rule => {
  const path = `${key}Path` as const;
  return (_, isSet) =>
    isSet(key) && isSet(path)
      ? { key, allowed: `${key} or ${path}, not both`, fix: `rm ${path}` }
      : undefined;
};

const rootWhereAllowed: Rule = ({ user, namespace = "default" }) => {
  if (user !== 0 || namespace === "default") return undefined;
  const allowed = `any user but root (0): the namespace ${namespace} enforces the restricted Pod Security Standard`;
  return { key: "user", allowed, fix: "set user 65532" };
};

const oneWayToScale: Rule = (_, isSet) => {
  if (!isSet("replicas") || !isSet("autoscale")) return undefined;
  const allowed = "replicas or autoscale, not both: an autoscaler chooses the number of pods";
  return { key: "replicas", allowed, fix: "rm replicas" };
};

/** An autoscaler compares a pod's CPU use with what the pod requests, and a pod can't use more than its limit. */
const reachableTarget: Rule = ({ autoscale, resources }) => {
  if (autoscale === undefined || resources === undefined) return undefined;
  const { requests, limits } = resources;
  const [request = 0n, limit = 0n] = [parseQuantity(requests.cpu), parseQuantity(limits.cpu)];
  if (request === 0n) {
    const allowed = "requests.cpu above 0: autoscale.cpuPercent is a share of it";
    return { key: "resources", allowed, fix: "set --path resources.requests.cpu 100m" };
  }
  const most = Number((limit * 100n) / request);
  if (autoscale.cpuPercent <= most) return undefined;
  const allowed = `cpuPercent at most ${most}: a pod that requests ${requests.cpu} CPU uses ${limits.cpu} at most`;
  return { key: "autoscale", allowed, fix: "set --path autoscale.cpuPercent 70" };
};

/** Rules across keys. */
export const rules: readonly Rule[] = [
  differentPorts,
  metricsToScrape,
  timeToStart,
  oneWayToAsk("health"),
  oneWayToAsk("ready"),
  rootWhereAllowed,
  oneWayToScale,
  reachableTarget,
];

/** The deadline of a rollout, in seconds, that leaves its pods the time to start, and 15 s to be scheduled and asked. */
export function deadlineFor(startSeconds: number): number {
  return startSeconds + 15;
}
