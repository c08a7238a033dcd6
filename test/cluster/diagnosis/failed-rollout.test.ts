import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod, V1PodStatus } from "@kubernetes/client-node";
import { type Apis } from "../../../cluster/connection/kubernetes-client";
import { explainRollout } from "../../../cluster/diagnosis/failed-rollout";
import { watchRollout } from "../../../infra/rollout/watch";
import { type Answers, fakeApi } from "../../support/fake-cluster";
import {
  ago,
  answersWith,
  container,
  deploymentAt,
  NOW,
  podOf,
  stuck,
  workloadWith,
} from "../../support/rollout";

const workload = workloadWith({ progressDeadlineSeconds: "30" });
const asked = { workload, track: workload.tracks[0] };

/** A cluster in which the release `bad` doesn't become ready, with these pods. */
async function cluster(pods: readonly V1Pod[], more: Answers = {}): Promise<Apis> {
  const logged = { [LOG]: logOf("a line") }; // without a log, it would be asked for again after a second
  return (await fakeApi({ ...answersWith(deploymentAt(2, stuck), pods), ...logged, ...more })).apis;
}

function withContainer(more: object): V1PodStatus {
  return { containerStatuses: [container(more)] };
}

const crashed = withContainer({
  state: { waiting: { reason: "CrashLoopBackOff" } },
  lastState: { terminated: { exitCode: 3, reason: "Error", finishedAt: ago(5), message: "the cat ate it" } },
});

const LOG = "/api/v1/namespaces/default/pods/api-2-x/log";
/** The kubelet's message about a missing log, which it sends as the log. */
const MISSING = Buffer.from(
  'failed to try resolving symlinks in path "/var/log/pods/x/2.log": lstat /var/log: no',
);

/** A log with timestamps, as the API server sends it. */
function logOf(...lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `2025-01-01T11:59:59.123456789Z ${line}\n`).join(""));
}

const unhealthy = (message: string, reason = "Unhealthy") => ({
  involvedObject: { kind: "Pod", name: "api-2-x" },
  metadata: { name: "e" },
  lastTimestamp: ago(5),
  reason,
  message,
});

async function explained(...args: Parameters<typeof cluster>): Promise<string> {
  return (await explainRollout(await cluster(...args), asked, NOW)) ?? assert.fail("nothing is wrong");
}

describe("why a rollout fails", () => {
  it("names the release, its pods, and the release that still serves", async () => {
    const text = await explained([podOf(2, "api-2-x", crashed), podOf(2, "api-2-y", crashed)]);
    assert.match(
      text,
      /^Release bad doesn't become ready: 0 of 2 pods are ready\. Release good still serves\.\n/,
    );
    assert.match(text, /CrashLoopBackOff: its container ended with exit code 3 \(Error\)/);
    assert.match(text, /where: +pod\/api-2-x and 1 more/);
  });

  it("comes with the container's last log lines, cut to a readable length", async () => {
    const log = logOf("first", "", "the dog saw it", "x".repeat(5_000));
    const text = await explained([podOf(2, "api-2-x", crashed)], { [LOG]: log });
    assert.match(text, /last log lines:\n +\| first\n +\| the dog saw it\n +\| x{400}…/);
  });

  it("shows no control character of what a container logged or said last", async () => {
    const message = "\u001b[31mthe cat\u009b2J ate it";
    const state = { waiting: { reason: "CrashLoopBackOff" } };
    const terminated = { exitCode: 3, reason: "Error", finishedAt: ago(5), message };
    const status = withContainer({ state, lastState: { terminated } });
    const text = await explained([podOf(2, "api-2-x", status)], { [LOG]: logOf(message) });
    assert.match(text, /last words: the cat[^]*\| the cat.* ate it/);
    // eslint-disable-next-line no-control-regex -- those that must not be there
    assert.doesNotMatch(text, /[\u001b\u009b]/);
  });

  it("comes with the log of the container before the last if the kubelet can't find the last one's", async () => {
    const text = await explained([podOf(2, "api-2-x", crashed)], {
      [LOG]: (query: URLSearchParams) =>
        query.get("previous") === "true" ? logOf("the dog saw it") : MISSING,
    });
    assert.match(text, /last log lines:\n +\| the dog saw it$/);
  });

  it("comes with a log that the kubelet finds only a moment later", async () => {
    let asked = 0;
    const text = await explained([podOf(2, "api-2-x", crashed)], {
      [LOG]: () => (asked++ === 0 ? MISSING : logOf("the dog saw it")),
    });
    assert.match(text, /last log lines:\n +\| the dog saw it$/);
  });

  it("has no log if the kubelet has none, nor the kubelet's own message about it", async () => {
    assert.doesNotMatch(await explained([podOf(2, "api-2-x", crashed)], { [LOG]: MISSING }), /logged|lstat/);
  });

  it("is a probe that fails, in the kubelet's words, however young the pod is", async () => {
    const events = { items: [unhealthy("Readiness probe failed: HTTP probe failed with statuscode: 503")] };
    const running = withContainer({ state: { running: {} } });
    const text = await explained([podOf(2, "api-2-x", running)], {
      "/api/v1/namespaces/default/events": events,
    });
    assert.match(text, /It is not ready: Readiness probe failed: .*503\n +where: +pod\/api-2-x/);
  });

  it("is a probe also if the kubelet killed a container because of it", async () => {
    const items = [
      unhealthy("Liveness probe failed: HTTP probe failed with statuscode: 500"),
      unhealthy("Readiness probe failed: another one"),
      unhealthy("Container api-container failed liveness probe, will be restarted", "Killing"),
    ];
    const killed = withContainer({
      state: { running: {} },
      lastState: { terminated: { exitCode: 0, reason: "Completed", finishedAt: ago(3) } },
    });
    const text = await explained([podOf(2, "api-2-x", killed)], {
      "/api/v1/namespaces/default/events": { items },
    });
    assert.match(text, /Its container was killed: Liveness probe failed: .*500\n/);
  });

  it("is an image that isn't there, or a node that has no room: then there is no log", async () => {
    const missing = { reason: "ErrImageNeverPull", message: "no api:bad" };
    const waiting = withContainer({ state: { waiting: missing }, containerID: undefined });
    const text = await explained([podOf(2, "api-2-x", waiting)]);
    assert.match(text, /ErrImageNeverPull: no api:bad/);
    assert.doesNotMatch(text, /logged/);
    const conditions = [{ type: "PodScheduled", status: "False", message: "1 Insufficient cpu." }];
    assert.match(
      await explained([podOf(2, "api-2-x", { conditions })]),
      /No node has room: 1 Insufficient cpu/,
    );
  });

  it("is a node that doesn't take the pod, and what config says about nodes", async () => {
    const message = "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
    const conditions = [{ type: "PodScheduled", status: "False", message }];
    const text = await explained([podOf(2, "api-2-x", { conditions })]);
    assert.match(
      text,
      /No node takes the pod: 0\/1 nodes .*\n[^]*allowed: .*nodeSelector[^]*do: .*kubectl describe nodes/,
    );
  });

  it("is a volume that isn't there, and how to choose another class", async () => {
    const message = "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.";
    const conditions = [{ type: "PodScheduled", status: "False", message }];
    const text = await explained([podOf(2, "api-2-x", { conditions })]);
    assert.match(text, /A volume of the pod isn't there: 0\/1 nodes [^]*do: .*config set storageClass NAME/);
  });

  it("is slow pods if nothing else is wrong, with what to type to give them longer", async () => {
    assert.match(
      await explained([]),
      /the pods take too long\.\n +do: +npx pulumi config set progress\w+ 60/,
    );
  });

  it("is many slow pods if some are ready and Kubernetes hasn't given up the rollout", async () => {
    const ready = podOf(2, "api-2-x", { conditions: [{ type: "Ready", status: "True" }] });
    const pods = [ready, podOf(2, "api-2-y", withContainer({ state: { running: {} } }))];
    const tooSlow =
      /It is not ready: .*\n[^]*but not all of them in time\.\n +do: +npx pulumi config set progress\w+ 60/;
    assert.match(await explained(pods), tooSlow);
    const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
    const items = [deploymentAt(2, { ...stuck, conditions })];
    const givenUp = await explained(pods, { "/apis/apps/v1/namespaces/default/deployments": { items } });
    assert.doesNotMatch(givenUp, /in time/);
  });

  it("is nothing if the rollout is complete, or there is no Deployment", async () => {
    const deployments = "/apis/apps/v1/namespaces/default/deployments";
    const done = await cluster([], { [deployments]: { items: [deploymentAt(2)] } });
    assert.equal(await explainRollout(done, asked), undefined);
    const none = await cluster([], { [deployments]: { items: [] } });
    assert.equal(await explainRollout(none, asked), undefined);
  });
});

describe("a rollout that is watched", () => {
  /** The explanations within the time that the engine waits. */
  async function told(apis: Apis, generation: number | undefined, stop = new AbortController()) {
    const texts: string[] = [];
    const tell = (text: string) => Promise.resolve(void texts.push(text));
    await watchRollout(apis, { ...asked, generation, limitMs: 5_500 }, tell, stop.signal);
    return texts;
  }

  it("is explained before the engine gives up, whether or not it changed anything", async () => {
    const apis = await cluster([podOf(2, "api-2-x", crashed)]);
    const started = Date.now();
    const [changed, unchanged] = await Promise.all([told(apis, 2), told(apis, 3)]);
    assert.ok(Date.now() - started < 5_500);
    assert.match(changed.join(), /^Release bad doesn't become ready/);
    assert.deepEqual(changed, unchanged);
  });

  it("isn't explained once it is ready", async () => {
    const stop = new AbortController();
    const apis = await cluster([podOf(2, "api-2-x", crashed)]);
    const watched = told(apis, 2, stop);
    await sleep(500);
    stop.abort();
    assert.deepEqual(await watched, []);
  });

  it("says that the reason is unknown if the cluster doesn't answer", async () => {
    const apis = await cluster([], { "/apis/apps/v1/namespaces/default/deployments": 503 });
    assert.match((await told(apis, 3)).join(), /^The reason is unknown: /);
  });
});
