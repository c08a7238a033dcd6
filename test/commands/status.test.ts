import assert from "node:assert/strict";
import type {
  CoreV1Event,
  V1Deployment,
  V1Pod,
  V1PodStatus,
  V2HorizontalPodAutoscaler,
  V2HorizontalPodAutoscalerStatus,
} from "@kubernetes/client-node";
import { screen } from "../../commands/status/screen";
import { stateOf, type State } from "../../commands/status/state";
import type { Deployed } from "../../commands/deployed";
import { configOf } from "../support/config";
import { ago, container, NOW as now } from "../support/rollout";

const deployed = {
  stack: "dev",
  url: "http://127.0.0.1:30080",
  config: configOf({ replicas: "2" }),
} as Deployed;

const env = [{ name: "RELEASE_VERSION", value: "abc123" }];
const template = { spec: { containers: [{ name: "api-container", image: "api:abc123", env }] } };

function deployment(ready: number, status: V1Deployment["status"] = {}): V1Deployment {
  return {
    metadata: { name: "api", labels: { release: "stable" } },
    spec: { replicas: 2, selector: {}, template },
    status: { readyReplicas: ready, updatedReplicas: 2, ...status },
  };
}

/** A pod that is a minute old, and ready unless its status says otherwise. */
function pod(name: string, status: V1PodStatus = {}, metadata: V1Pod["metadata"] = {}): V1Pod {
  return {
    metadata: { name, labels: { release: "stable" }, creationTimestamp: ago(60), ...metadata },
    spec: template.spec,
    status: {
      phase: "Running",
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [container({ ready: true, state: { running: {} } })],
      ...status,
    },
  };
}

function broken(state: object, more: object = {}): V1PodStatus {
  return { conditions: [], containerStatuses: [container({ state, ...more })] };
}

function event(name: string, reason: string, message: string, seconds: number): CoreV1Event {
  const involvedObject = { kind: "Pod", name };
  return { metadata: {}, involvedObject, reason, message, type: "Warning", lastTimestamp: ago(seconds) };
}

function state(pods: V1Pod[], events: CoreV1Event[] = [], deployments = [deployment(1)]): State {
  return stateOf(deployed, { deployments, pods, events }, [], now);
}

/** The only problem. */
function trouble(...args: Parameters<typeof state>): State["troubles"][number] {
  const { troubles } = state(...args);
  assert.equal(troubles.length, 1, JSON.stringify(troubles));
  return troubles[0]!;
}

describe("status: what is wrong", () => {
  it("finds nothing wrong with pods that are ready, starting or going", () => {
    const starting = pod("b", broken({ running: {} }), { creationTimestamp: ago(5) });
    const going = pod("c", broken({ terminated: { exitCode: 0, finishedAt: ago(1) } }), {
      deletionTimestamp: ago(-10),
    });
    assert.deepEqual(state([pod("a"), starting, going]).troubles, []);
  });

  it("says how many replicas fit if pods can't be scheduled", () => {
    const message = "0/1 nodes are available: 1 Insufficient cpu.";
    const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
    const pending = (name: string) => pod(name, { phase: "Pending", conditions, containerStatuses: [] });
    const { what, where, todo } = trouble([pod("a"), pod("b"), pending("c"), pending("d"), pending("e")]);
    assert.match(what, /Insufficient cpu/);
    assert.equal(where, "pod/c and 2 more");
    assert.match(todo, /config set replicas 2\)/);
  });

  for (const reason of ["ErrImageNeverPull", "ImagePullBackOff"]) {
    it(`says where images come from on ${reason}`, () => {
      const found = trouble([pod("a", broken({ waiting: { reason, message: "no api:abc123" } }))]);
      assert.match(found.what, new RegExp(`${reason}: no api:abc123`));
      assert.match(found.todo, /^npm run up/);
    });
  }

  it("shows the last words of a container that ends again and again", () => {
    const end = {
      exitCode: 1,
      reason: "Error",
      finishedAt: ago(900),
      message: "first\nPORT must be a number\n",
    };
    const waiting = { reason: "CrashLoopBackOff" };
    const status = broken({ waiting }, { restartCount: 5, lastState: { terminated: end } });
    const { what, todo } = trouble([pod("a", status)]);
    assert.match(what, /exit code 1 \(Error\), its last words: PORT must be a number$/);
    assert.match(todo, /npm run logs -- --pod a/);
  });

  /** A pod whose container ends again and again, with these words. */
  const ending = (message: string) => {
    const terminated = { exitCode: 1, reason: "Error", finishedAt: ago(9), message };
    const crashing = broken({ waiting: { reason: "CrashLoopBackOff" } }, { lastState: { terminated } });
    const spec = { ...template.spec, securityContext: { runAsUser: 65532 } };
    return { ...pod("a", crashing), spec };
  };

  for (const [language, message, words] of [
    ["Node.js", "throw x\n\nError: no DB_URL\n    at main (a.js:1)\n\nNode.js v20.20.2", "Error: no DB_URL"],
    ["Node.js, with a code", "Error [ERR_X]: bad\n    at a\n  code: 'ERR_X'\n}", "Error [ERR_X]: bad"],
    ["Python", "Traceback:\n  raise x\nKeyError: 'DB'", "KeyError: 'DB'"],
    ["Go", "panic: no DB\n\ngoroutine 1 [running]:\nmain.main()", "panic: no DB"],
    [
      "Java",
      "java.lang.Exception: a\n\tat b\nCaused by: java.io.IOException: c\n\tat d",
      "Caused by: java.io.IOException: c",
    ],
  ] as const) {
    it(`shows the error before a stack of ${language}`, () => {
      assert.ok(trouble([ending(message)]).what.endsWith(`its last words: ${words}`));
    });
  }

  it("says how to get a folder to write to, if the container ended because its file system is read-only", () => {
    for (const words of [
      "Error: EROFS: read-only file system, mkdir '/app/logs'",
      "open x: Read-only file system",
    ]) {
      assert.match(
        trouble([ending(words)]).todo,
        /config set --path 'writable\["\/folder"\]' 64Mi, then npm run up$/,
      );
    }
  });

  it("says as which user the container runs, if something was forbidden to it", () => {
    const { todo } = trouble([ending("PermissionError: [Errno 13] Permission denied: '/app/x'")]);
    assert.match(todo, /runs as the user 65532: .* config set user NUMBER, then npm run up$/);
    const database = trouble([ending("error: permission denied for table orders")]);
    assert.match(database.todo, /^npm run logs -- --pod a, fix the cause/);
  });

  it("says what to check if nothing listens where the probes ask", () => {
    const refused = "Startup probe failed: dial tcp 10.244.0.9:3000: connect: connection refused";
    const events = [event("a", "Unhealthy", refused, 1)];
    const expected =
      /--pod a says .* must listen on port 3000 of all addresses .* config set port NUMBER, then/;
    assert.match(trouble([pod("a", broken({ running: {} }))], events).todo, expected);
    const killing = event(
      "a",
      "Killing",
      "Container api-container failed startup probe, will be restarted",
      9,
    );
    assert.match(trouble([ending("")], [...events, killing]).todo, expected);
  });

  it("says which limit to raise when a container was killed for its memory, and forgets it after a while", () => {
    const killed = (seconds: number) =>
      pod("a", {
        containerStatuses: [
          container({
            ready: true,
            restartCount: 1,
            state: { running: {} },
            lastState: { terminated: { exitCode: 137, reason: "OOMKilled", finishedAt: ago(seconds) } },
          }),
        ],
      });
    assert.match(trouble([killed(60)]).todo, /resources.limits.memory <more than 256Mi>/);
    assert.deepEqual(state([killed(3600)]).troubles, []);
  });

  it("names the stack in what it says to do, if that isn't dev", () => {
    const waiting = { reason: "ErrImageNeverPull", message: "Container image is not present" };
    const objects = { deployments: [deployment(1)], pods: [pod("api-1", broken({ waiting }))], events: [] };
    const { troubles } = stateOf({ ...deployed, stack: "shop" }, objects, [], now);
    assert.match(troubles[0]?.todo ?? "", /^npm run up -- --stack shop, /);
  });

  it("says what a probe got from a pod that isn't ready", () => {
    const events = [
      event("a", "Unhealthy", "old", 50),
      event("a", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 404", 1),
      event("b", "Unhealthy", "another pod's", 0),
    ];
    const { what, allowed } = trouble([pod("a", broken({ running: {} }))], events);
    assert.match(what, /not ready: Readiness probe failed.*404$/);
    assert.match(allowed ?? "", /200 to 399 from \/readyz/);
  });

  it("recognises a pod whose node doesn't answer: the kubelet called it ready, and Kubernetes doesn't", () => {
    const notReady = (reason: object = {}) => ({
      ...pod("a", { conditions: [{ type: "Ready", status: "False", ...reason }] }),
      spec: { ...template.spec, nodeName: "m02" },
    });
    const { what, todo } = trouble([notReady()]);
    assert.match(what, /^The node m02 doesn't answer/);
    assert.match(todo, /kubectl describe node m02$/);
    assert.deepEqual(state([notReady({ reason: "ReadinessGatesNotReady" })]).troubles, []);
  });

  it("recognises a pod that doesn't stop, an evicted one, and a container that can't be created", () => {
    const stuck = pod("a", {}, { deletionTimestamp: ago(300) });
    assert.match(trouble([stuck]).what, /past its grace period/);
    const evicted = pod("a", { phase: "Failed", reason: "Evicted", message: "disk", containerStatuses: [] });
    assert.match(trouble([evicted]).what, /Evicted: disk/);
    assert.match(trouble([evicted]).todo, /on the node/);
    const waiting = { reason: "CreateContainerConfigError", message: "no Secret s" };
    assert.match(trouble([pod("a", broken({ waiting }))]).what, /no Secret s/);
  });

  it("names the folder that a pod filled, however its container ended, and forgets it after a while", () => {
    const message = 'Usage of EmptyDir volume "tmp" exceeds the limit "64Mi".';
    const containers = [{ name: "api-container", volumeMounts: [{ name: "tmp", mountPath: "/tmp" }] }];
    const full = (seconds: number, status: V1PodStatus): V1Pod => {
      const terminated = { exitCode: 0, reason: "Completed", finishedAt: ago(seconds) };
      return { ...pod("a", { ...broken({ terminated }), ...status }), spec: { containers } };
    };
    const failed = { phase: "Failed", reason: "Evicted", message };
    const told = [
      trouble([full(60, failed)]),
      // Often the event alone tells it.
      trouble([full(60, { phase: "Succeeded" })], [event("a", "Evicted", message, 60)]),
      // The API server writes null for an end that the kubelet has lost.
      trouble([
        full(60, { ...failed, ...broken({ terminated: { exitCode: 137, finishedAt: new Date(0) } }) }),
      ]),
    ];
    for (const { what, todo } of told) {
      assert.equal(what, `Evicted: ${message}`);
      assert.match(todo, /^write less to \/tmp, or allow more: .* 'writable\["\/tmp"\]' SIZE/);
    }
    assert.deepEqual(state([full(3600, failed)]).troubles, []);
    assert.equal(state([full(60, failed)]).pods[0]?.state, "Evicted");
  });

  it("shows no control character of a container's words", () => {
    const message = "\u001b[2J\u009b1mbad\u202e";
    const terminated = { exitCode: 1, reason: "Error", finishedAt: ago(5), message };
    const shown = state(
      [pod("a", broken({ waiting: { reason: "CrashLoopBackOff" } }, { lastState: { terminated } }))],
      [event("a", "Unhealthy", message, 1)],
    );
    for (const text of [screen(shown, false, now), JSON.stringify(shown)]) {
      assert.match(text, /bad/);
      // eslint-disable-next-line no-control-regex -- those that must not be there
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|\\u001b/);
    }
  });

  it("recognises a stuck rollout, pods that can't be created, and a missing Deployment", () => {
    const type = "Progressing";
    const stuck = { type, status: "False", reason: "ProgressDeadlineExceeded", message: "timed out" };
    assert.match(trouble([], [], [deployment(1, { conditions: [stuck] })]).what, /stuck: timed out/);
    const quota = { type: "ReplicaFailure", status: "True", message: "exceeded quota" };
    assert.match(trouble([], [], [deployment(1, { conditions: [quota] })]).what, /exceeded quota/);
    assert.match(trouble([], [], []).what, /its Deployment api is not in the cluster/);
    const config = configOf({ tracks: JSON.stringify({ beta: {} }) });
    const objects = { deployments: [deployment(1)], pods: [], events: [] };
    const [beta, ...more] = stateOf({ ...deployed, config }, objects, [], now).troubles;
    assert.match(beta?.what ?? "", /its Deployment api-beta is not in the cluster/);
    assert.deepEqual(more, []);
  });
});

describe("status: what is shown", () => {
  const many = Array.from({ length: 12 }, (_, index) => event("a", `R${index}`, "said", 100 - index));
  const shown = state([pod("api-1"), pod("api-2", broken({ running: {} }))], many, [deployment(1)]);

  it("counts pods and keeps the last events, oldest first", () => {
    assert.deepEqual([shown.configured, shown.wanted, shown.ready], [2, 2, 1]);
    assert.deepEqual(
      shown.events.map(({ reason }) => reason),
      ["R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11"],
    );
  });

  it("writes one screen, in colours only if they are wanted", () => {
    const text = screen(shown, false, now);
    assert.match(text, /^http:\/\/127.0.0.1:30080 +stack dev, context minikube, namespace default\n/);
    assert.match(text, /^api \(stable\) +1 of 2 ready, release abc123$/m);
    assert.match(text, /^ +● api-1 +ready +release abc123 +up 60s$/m);
    assert.match(text, /^ +○ api-2 +not ready +release abc123 +up 60s$/m);
    assert.match(text, /^ +89s ago +R11 +pod\/a +said$/m);
    assert.match(text, /What is wrong\n +It is not ready/);
    assert.equal(text.includes("\x1b"), false);
    assert.equal(screen(shown, true, now).includes("\x1b["), true);
  });

  it("says what an autoscaler wants and why, and what keeps it from scaling", () => {
    const autoscaled = { ...deployed, config: configOf({ autoscale: '{"min":1,"max":6}' }) };
    const look = (status: V2HorizontalPodAutoscalerStatus) => {
      const target = { type: "Utilization", averageUtilization: 70 };
      const autoscaler: V2HorizontalPodAutoscaler = {
        metadata: { name: "api", namespace: "shop" },
        spec: {
          scaleTargetRef: { kind: "Deployment", name: "api" },
          minReplicas: 1,
          maxReplicas: 6,
          metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
        },
        status,
      };
      const objects = { deployments: [deployment(2)], pods: [], events: [] };
      return screen(stateOf(autoscaled, objects, [autoscaler], now), false, now);
    };
    const condition = (type: string, status: string, reason: string, seconds = 0) => [
      { type, status, reason, message: `because ${reason}`, lastTransitionTime: ago(seconds) },
    ];
    const currentMetrics = [
      { type: "Resource", resource: { name: "cpu", current: { averageUtilization: 180 } } },
    ];
    const busy = look({ desiredReplicas: 4, currentMetrics });
    assert.match(busy, /api \(1 to 6 pods\) wants 4: .* is 180% of what they request, 70% is the target/);
    assert.doesNotMatch(busy, /Scaled by hand|What is wrong/);
    const limited = condition("ScalingLimited", "True", "TooManyReplicas");
    assert.match(look({ desiredReplicas: 6, currentMetrics, conditions: limited }), /wants 6, its maximum:/);
    const unmeasured = (seconds: number) =>
      look({ desiredReplicas: 1, conditions: condition("ScalingActive", "False", "NoMetrics", seconds) });
    assert.match(unmeasured(5), /is not measured yet/);
    assert.doesNotMatch(unmeasured(5), /What is wrong/);
    assert.match(unmeasured(90), /doesn't scale: because NoMetrics[^]*npm run doctor/);
    const off = look({
      desiredReplicas: 0,
      conditions: condition("ScalingActive", "False", "ScalingDisabled"),
    });
    assert.match(off, /kubectl scale deployment api -n shop --replicas=1/);
  });

  it("says that it was scaled by hand", () => {
    const [stable] = shown.deployments;
    assert.ok(stable);
    const scaled = { ...shown, deployments: [{ ...stable, configured: 5 }] };
    assert.match(screen(scaled, false, now), /Scaled by hand: the stack says 5/);
    assert.doesNotMatch(screen(shown, false, now), /caled by hand/);
    const beta = { ...stable, name: "api-beta", track: "beta", configured: 3, pinned: true };
    const two = screen({ ...shown, deployments: [stable, beta] }, false, now);
    assert.match(two, /^api-beta \(beta\) .*release abc123 \(pinned\)$/m);
    assert.match(two, /^Track beta was scaled by hand: the stack says 3/m);
    assert.match(two, /^ +● api-1 +stable +ready/m);
  });
});
