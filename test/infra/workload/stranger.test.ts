import assert from "node:assert/strict";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { rolloutSeconds } from "../../../infra/workload/timing";
import { configOf } from "../../support/config";
import { declared, declaredTypes } from "../../support/mock-engine";
import { argsFor, declareService } from "../../support/service";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;

/** The pod that is declared for a config. */
async function podOf(given: Readonly<Record<string, string>>, secret: readonly string[] = []) {
  await declareService(argsFor(configOf(given, secret)));
  const { spec } = declared<{ spec: { template: { spec: PodSpec } } }>("kubernetes:apps/v1:Deployment");
  const pod = spec.template.spec;
  return { pod, container: (pod.containers as Container[])[0]! };
}

function variables({ env }: Container): Record<string, unknown> {
  const all = env as { name: string; value?: string; valueFrom?: object }[];
  return Object.fromEntries(all.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
}

describe("a service unlike ours", () => {
  it("gets its variables and commands literally: Kubernetes expands no dollar", async () => {
    const { container } = await podOf({
      env: '{"PW":"pa$$word","T":"$(PORT)","END":"5$","WORKERS":4}',
      command: '["sh","-c","echo $$ $(PORT)"]',
      args: '["$HOME"]',
      ready: '{"command":["test","$(PORT)"]}',
    });
    const { PW, T, END, WORKERS } = variables(container);
    assert.deepEqual([PW, T, END, WORKERS], ["pa$$$$word", "$$(PORT)", "5$$", "4"]);
    assert.deepEqual(container.command, ["sh", "-c", "echo $$$$ $$(PORT)"]);
    assert.deepEqual(container.args, ["$$HOME"]);
    const { exec } = container.readinessProbe as { exec: object };
    assert.deepEqual(exec, { command: ["test", "$$(PORT)"] });
  });

  it("runs the image's own command unless config has one", async () => {
    const { container } = await podOf({});
    assert.deepEqual([container.command, container.args], [undefined, undefined]);
  });

  it("is probed over TCP, or by a command every five seconds", async () => {
    const { container } = await podOf({
      health: '{"tcp":5432}',
      ready: '{"command":["pg_isready"]}',
      startSeconds: "90",
    });
    const { startupProbe, livenessProbe, readinessProbe } = container as unknown as Record<string, object>;
    assert.deepEqual(startupProbe, {
      tcpSocket: { port: 5432 },
      periodSeconds: 1,
      timeoutSeconds: 2,
      failureThreshold: 90,
    });
    assert.deepEqual((livenessProbe as { tcpSocket: object }).tcpSocket, { port: 5432 });
    assert.deepEqual(readinessProbe, {
      exec: { command: ["pg_isready"] },
      periodSeconds: 5,
      timeoutSeconds: 5,
      failureThreshold: 2,
    });
    const slow = await podOf({ health: '{"command":["true"]}', startSeconds: "61" });
    const startup = slow.container.startupProbe as { periodSeconds: number; failureThreshold: number };
    assert.ok(startup.periodSeconds * startup.failureThreshold >= 61);
  });

  it("has startSeconds to start, in each round of a rollout", () => {
    const limit = (replicas: number, startSeconds: number) =>
      rolloutSeconds({ replicas, startSeconds, progressDeadlineSeconds: startSeconds + 15 });
    assert.equal(limit(1, 90), 90 + 15 + 10);
    assert.equal(limit(0, 90), 90 + 15 + 10);
    assert.ok(limit(2, 90) > 2 * 90, "one after the other");
    assert.ok(limit(8, 90) > 4 * 90, "two at a time");
    // A failed release of a service that starts quickly is noticed as soon as ever.
    assert.equal(rolloutSeconds({ replicas: 8, startSeconds: 60, progressDeadlineSeconds: 60 }), 70);
  });

  it("writes to the folders that config names, each with its size", async () => {
    const { pod, container } = await podOf({ writable: '{"/var/cache":"1Gi","/var-cache":"5M"}' });
    assert.deepEqual(container.volumeMounts, [
      { name: "tmp", mountPath: "/tmp" },
      { name: "writable-1", mountPath: "/var/cache" },
      { name: "writable-2", mountPath: "/var-cache" },
    ]);
    const sizes = (pod.volumes as { name: string; emptyDir: { sizeLimit: string } }[]).map(
      ({ name, emptyDir }) => [name, emptyDir.sizeLimit],
    );
    assert.deepEqual(sizes, [
      ["tmp", "64Mi"],
      ["writable-1", "1Gi"],
      ["writable-2", "5M"],
    ]);
    assert.equal(
      (container.securityContext as { readOnlyRootFilesystem: boolean }).readOnlyRootFilesystem,
      true,
    );
  });

  it("stores those folders, except /tmp, in volumes of the class that config names", async () => {
    const { pod } = await podOf({ writable: '{"/var/cache":"1Gi"}', storageClass: "fast", user: "1000" });
    const spec = {
      storageClassName: "fast",
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "1Gi" } },
    };
    assert.deepEqual(pod.volumes, [
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
      { name: "writable-1", ephemeral: { volumeClaimTemplate: { spec } } },
    ]);
    assert.equal((pod.securityContext as { fsGroup: number }).fsGroup, 1000);
  });

  it("runs as the user that config names; root has its usual capabilities", async () => {
    const users = async (user: string) => {
      const { pod, container } = await podOf({ user });
      const { runAsNonRoot, runAsUser, runAsGroup } = pod.securityContext as Record<string, unknown>;
      const { capabilities, allowPrivilegeEscalation } = container.securityContext as Record<string, unknown>;
      return { runAsNonRoot, runAsUser, runAsGroup, capabilities, allowPrivilegeEscalation };
    };
    assert.deepEqual(await users("1000"), {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      capabilities: { drop: ["ALL"] },
      allowPrivilegeEscalation: false,
    });
    assert.deepEqual(await users("0"), {
      runAsNonRoot: false,
      runAsUser: 0,
      runAsGroup: 0,
      capabilities: undefined,
      allowPrivilegeEscalation: false,
    });
  });

  it("gets secret variables from a Secret: no value of theirs is in the Deployment", async () => {
    const { container } = await podOf({ env: '{"TOKEN":"hunter2","PW":"pa$$word"}' }, ["env"]);
    assert.ok(!JSON.stringify(declared("kubernetes:apps/v1:Deployment")).includes("hunter2"));
    const { metadata, immutable, stringData } = declared<{
      metadata: Record<string, unknown>;
      immutable: boolean;
      stringData: object;
    }>("kubernetes:core/v1:Secret");
    // With no name given, other values are a Secret of another name, and so a rollout.
    assert.deepEqual([metadata["name"], immutable], [undefined, true]);
    const { specialSigKey, specialSecretSig } = pulumi.runtime;
    const value = { TOKEN: "hunter2", PW: "pa$$word" };
    assert.deepEqual(stringData, { [specialSigKey]: specialSecretSig, value }); // encrypted in the state
    const { TOKEN } = variables(container) as { TOKEN: { secretKeyRef: { key: string } } };
    assert.equal(TOKEN.secretKeyRef.key, "TOKEN");
  });

  it("has no Secret without secret variables", async () => {
    await podOf({ env: '{"A":"b"}' });
    assert.ok(!declaredTypes().includes("kubernetes:core/v1:Secret"));
  });
});
