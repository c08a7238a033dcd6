import type { Probe } from "../config";

/** The longest request that a pod still answers after SIGTERM, in seconds. */
const REQUEST = 10;

/** The pod serves as before while kube-proxy, which writes its rules at most once a second, stops sending to it. */
const PRE_STOP = 3;
/** The pod still accepts connections and tells each client to close, for as long as new pods need to start. */
const DRAIN = 3;

/**
 * How a pod stops, in seconds. The Deployment and the container's environment are both made from this table.
 *
 * First `preStop`: the pod serves as before while every node removes it from the endpoints. Then SIGTERM and `drain`: it
 * still accepts connections and tells its clients to close them. Then it finishes the requests in flight. `shutdown`
 * after SIGTERM the process ends in any case, and after `grace` the kubelet kills it. With these numbers no request was
 * lost under load (docs/resilience.md). An idle pod is gone after preStop and drain, in less than ten seconds
 * (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination).
 */
export const timing = {
  preStop: PRE_STOP,
  drain: DRAIN,
  shutdown: DRAIN + REQUEST + 1, // one to spare
  grace: PRE_STOP + (DRAIN + REQUEST + 1) + 3, // preStop, shutdown, and three for a busy kubelet
} as const;

/** A command starts a process each time, so it is run less often. */
const isCommand = (probe: Probe) => "command" in probe;

/** The period, time-out and failures of each probe, in seconds. */
export function probeTiming(probe: Probe) {
  const [periodSeconds, timeoutSeconds] = isCommand(probe) ? [5, 5] : [1, 2];
  return {
    /** The shortest period of Kubernetes is a second: a pod serves at most that long after it could. */
    startup: (startSeconds: number) => ({
      periodSeconds,
      timeoutSeconds,
      failureThreshold: Math.ceil(startSeconds / periodSeconds),
    }),
    /** The Service stops sending to a pod that answers nothing within five seconds. */
    readiness: isCommand(probe)
      ? { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 }
      : { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 3 },
    /**
     * Slow on purpose: a restart helps a process that hangs and harms one that is busy. A process that hangs doesn't
     * drain either, so it gets `preStop` and two seconds, not `grace`
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
 * How an autoscaler scales. It looks every 15 s at what metrics-server measured in the last 15 s, so a spike is acted on
 * within a minute (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior).
 */
export const scaling = {
  /** At once to as many pods as the load needs: in one step to five pods, or to twice as many as there are. */
  scaleUp: {
    stabilizationWindowSeconds: 0,
    selectPolicy: "Max",
    policies: [
      { type: "Pods", value: 4, periodSeconds: 15 },
      { type: "Percent", value: 100, periodSeconds: 15 },
    ],
  },
  /**
   * To the most that was needed in the last two minutes: a dip of a minute costs no pod that the next minute would start
   * again. Kubernetes' own five minutes would keep what nobody needs for longer than five.
   */
  scaleDown: {
    stabilizationWindowSeconds: 120,
    policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
  },
};

/** A process that a debugger holds: its pod leaves the Service at once, and is restarted after a day (of periods of 10 s). */
export const heldTiming = {
  readiness: { failureThreshold: 1 },
  liveness: { failureThreshold: 8_640 },
} as const;

/** How much longer the engine waits after Kubernetes has called a rollout stuck, to explain it, in seconds. */
const AFTER_DEADLINE = 10;
/** This many pods start well within the time that every rollout gets. */
const FREE_REPLICAS = 10;
/** The share of the pods that is started at once in a rollout. */
export const MAX_SURGE = 0.25;
/** Pods that start within this time need no more than the deadline, in seconds. */
const USUAL_START = 60;

/**
 * The time after which a rollout that isn't complete has failed, in seconds; the engine's own limit is 10 minutes. It is
 * three seconds longer for each replica above ten, because many pods on one node start one after another. Pods that
 * start slowly get their time once for each quarter of them, because a rollout starts a quarter at once.
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
