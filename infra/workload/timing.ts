import type { Probe } from "../config";

/** A pod finishes requests that take at most this long after SIGTERM, in seconds. */
const REQUEST = 10;

/** In seconds. The pod serves as before until kube-proxy, which writes its rules once a second at most, has removed it. */
const PRE_STOP = 3;
/** In seconds. The pod still accepts connections and tells each client to close, for as long as new pods take to start. */
const DRAIN = 3;

/**
 * In seconds. Other pods are started in place of those on a node that doesn't answer. Kubernetes notices such a node after
 * 50 s, and would wait for another 300 (--node-monitor-grace-period, --default-unreachable-toleration-seconds). A node that
 * restarts is back within these 80.
 */
const LOST_NODE = 30;

/**
 * How a pod stops, in seconds. The Deployment and the container's environment are both made of this table.
 *
 * First `preStop`: the pod serves as before while every node removes it from the endpoints. Then SIGTERM and `drain`: it
 * still accepts connections and tells its clients to close them. Then it finishes the requests in flight. The process
 * ends at the latest `shutdown` after SIGTERM, and the kubelet kills it after `grace`. With these numbers no request was
 * lost under load (docs/resilience.md). An idle pod ends after preStop and drain, in less than ten seconds
 * (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination).
 */
export const timing = {
  preStop: PRE_STOP,
  drain: DRAIN,
  shutdown: DRAIN + REQUEST + 1, // a second to spare
  grace: PRE_STOP + (DRAIN + REQUEST + 1) + 3, // preStop, shutdown, and three for a busy kubelet
  lostNode: LOST_NODE,
} as const;

/** A command starts a process each time, so it is run less often than an HTTP or TCP probe. */
const isCommand = (probe: Probe) => "command" in probe;

/** The period and time-out of each probe, in seconds, and the failures that it takes. */
export function probeTiming(probe: Probe) {
  const [periodSeconds, timeoutSeconds] = isCommand(probe) ? [5, 5] : [1, 2];
  return {
    /** A second is the shortest period: a pod serves at most a second later than it could. */
    startup: (startSeconds: number) => ({
      periodSeconds,
      timeoutSeconds,
      failureThreshold: Math.ceil(startSeconds / periodSeconds),
    }),
    /** The Service stops sending requests to a pod that doesn't answer, within five seconds. */
    readiness: isCommand(probe)
      ? { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 }
      : { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 3 },
    /**
     * Slow on purpose: a restart helps a process that hangs, and harms one that is busy. A process that hangs can't
     * drain, so it gets `preStop` and two seconds instead of `grace`
     * (https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#probe-level-terminationgraceperiodseconds).
     */
    liveness: {
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
      terminationGracePeriodSeconds: PRE_STOP + 2,
    },
  };
}

/**
 * How an autoscaler scales. Every 15 s it reads what metrics-server measured in the last 15 s, so it reacts to a spike
 * within a minute (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior).
 */
export const scaling = {
  /** At once, to as many pods as the load needs: by four pods or to twice as many in one step, whichever is more. */
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ],
  },
  /**
   * To the largest number that was needed in the last two minutes: a short dip stops no pod that would be started again
   * a minute later. With Kubernetes' default of five minutes, scaling down would take longer than five minutes.
   */
  scaleDown: {
    stabilizationWindowSeconds: 120,
    policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
  },
};

/** For a process that a debugger may pause: its pod leaves the Service at once, and is restarted only after a day. */
export const debugTiming = {
  readiness: { failureThreshold: 1 },
  liveness: { failureThreshold: 8_640 }, // of 10 s each
} as const;

/** In seconds. The engine waits this much longer than Kubernetes, so that a stuck rollout can be explained. */
const AFTER_DEADLINE = 10;
/** The number of pods that start well within the time that every rollout gets. */
const FREE_REPLICAS = 10;
/** The share of the pods that a rollout starts at once. */
export const MAX_SURGE = 0.25;
/** In seconds. A rollout of pods that start within this time needs no more than the deadline. */
const USUAL_START = 60;

/**
 * How long the engine waits for a rollout, in seconds; its default is 10 minutes. Three seconds are added for each replica
 * above ten, because many pods on one node start one after another. If pods start slowly, their time to start counts once
 * for each quarter of them, because a rollout starts a quarter at once.
 */
export function rolloutSeconds({ replicas, startSeconds, progressDeadlineSeconds }: Rollout): number {
  const rounds = Math.ceil(replicas / Math.ceil(replicas * MAX_SURGE) || 0);
  const slow = startSeconds > USUAL_START ? startSeconds * Math.max(0, rounds - 1) : 0;
  return progressDeadlineSeconds + AFTER_DEADLINE + slow + 3 * Math.max(0, replicas - FREE_REPLICAS);
}

interface Rollout {
  readonly replicas: number;
  readonly startSeconds: number;
  readonly progressDeadlineSeconds: number;
}
