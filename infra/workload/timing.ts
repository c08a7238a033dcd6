import type { Probe } from "../config";

/** The longest request that a pod still answers after it was told to go, in seconds. */
const REQUEST = 10;

/** It serves as before, while kube-proxy, which writes its rules at most once a second, learns that it is leaving. */
const PRE_STOP = 3;
/** It still accepts, and each answer tells its client to leave: as long as pods that take its place need to start. */
const DRAIN = 3;

/**
 * The life of a pod in numbers, in seconds. They belong together: the Deployment and the service's own environment
 * are both made from this table, so that they can't drift apart.
 *
 * A pod that goes: `preStop` (it serves as before, while every node learns that it is no endpoint any more), then
 * SIGTERM and `drain` (it still accepts, and tells its clients to leave), then what is in flight is finished; at
 * `shutdown` after SIGTERM it leaves in any case, and at `grace` the kubelet kills it. Under these, rollouts, scale-downs
 * and pods that were all deleted at once lost no request under load (docs/resilience.md), and an idle pod, which is gone
 * after the first two and not after `grace`, takes less than ten seconds with all that the kubelet adds.
 * (https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination)
 */
export const timing = {
  preStop: PRE_STOP,
  drain: DRAIN,
  shutdown: DRAIN + REQUEST + 1, // one to spare
  grace: PRE_STOP + (DRAIN + REQUEST + 1) + 3, // preStop, shutdown, and three for a busy kubelet
} as const;

/** Whether a probe costs a process each time: then it is asked less often. */
const isCommand = (probe: Probe) => "command" in probe;

/** How often each probe asks, how long it waits for an answer, and how many failures count, in seconds. */
export function probeTiming(probe: Probe) {
  const [often, patient] = isCommand(probe) ? [5, 5] : [1, 2];
  return {
    /** Every second, the shortest that Kubernetes knows: a pod serves at most that much after it could. */
    startup: (startSeconds: number) => ({
      periodSeconds: often,
      timeoutSeconds: patient,
      failureThreshold: Math.ceil(startSeconds / often),
    }),
    /** A pod that answers nothing is out of the Service within five seconds: three failures of at most a second each. */
    readiness: isCommand(probe)
      ? { periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 2 }
      : { periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 3 },
    /**
     * Slow on purpose: a restart helps a process that hangs and harms one that is busy. One that hangs will not drain
     * either, so it is given `preStop` and two seconds, not `grace`
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

/** Seconds that the engine waits on after Kubernetes has called a rollout stuck: to read and to say why. */
const AFTER_DEADLINE = 10;
/** How many pods start well within the time that any rollout is given. */
const FREE_REPLICAS = 10;
/** The share of the pods that is started at once in a rollout. */
export const MAX_SURGE = 0.25;
/** Up to here, the pods of a rollout have started within its deadline, one after another. */
const USUAL_START = 60;

/**
 * Seconds after which a rollout that isn't complete has failed, where the engine's own limit is 10 minutes. Three more
 * for each replica above ten, because many pods on one node start one after another. Pods that take long to start
 * are given that time as often as they are waited for: a rollout starts a quarter of them at once.
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
