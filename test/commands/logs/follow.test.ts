import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { apisFor, type Apis } from "../../../cluster/connection/kubernetes-client";
import type { Deployed } from "../../../commands/deployed";
import { Logs, type LogQuery } from "../../../commands/logs/follow";
import { comparable } from "../../../commands/logs/source";
import { configOf } from "../../support/config";
import { PodServer } from "../../support/pod-server";

const start = Date.parse("2025-01-01T12:00:00.000Z");
const deployed = { stack: "dev", config: configOf() } as Deployed;

describe("logs of pods", () => {
  let server: PodServer;
  let apis: Apis;
  let told: string[];
  let logs: (query?: LogQuery) => Promise<Logs>;

  beforeEach(async () => {
    server = new PodServer();
    told = [];
    const config = await server.start();
    apis = await apisFor(config);
    const listener = {
      line: ({ pod, text }: { pod: string; text: string }) => told.push(`${pod} ${text}`),
      notice: (text: string) => told.push(`-- ${text}`),
    };
    logs = (query = {}) => Promise.resolve(new Logs(apis, deployed, query, listener));
  });
  afterEach(async () => {
    assert.deepEqual([...server.methods], ["GET"]);
    await server.stop();
  });

  /** Waits until something has been told. */
  async function until(text: string): Promise<void> {
    for (let left = 100; !told.includes(text); left--) {
      assert.ok(left > 0, `${text} is not in ${JSON.stringify(told)}`);
      await sleep(30);
    }
  }

  it("shows the lines of all pods in the order in which they were written", async () => {
    const [a, b] = [server.add("a"), server.add("b")];
    a.write("one", start + 100);
    b.write("two", start + 120);
    a.write("three", start + 123);
    b.write("four", start + 1000);
    await (await logs()).showExisting();
    assert.deepEqual(told, ["a one", "b two", "a three", "b four"]);
  });

  it("shows the wanted number of last lines, of the wanted pod", async () => {
    const a = server.add("a");
    for (let n = 0; n < 5; n++) a.write(`${n}`, start + n);
    server.add("b").write("other", start);
    await (await logs({ pod: "a", tailLines: 2 })).showExisting();
    assert.deepEqual(told, ["a 3", "a 4"]);
  });

  it("names the existing pods if the wanted one doesn't exist", async () => {
    server.add("a");
    await assert.rejects((await logs({ pod: "x" })).showExisting(), /no pod x\n +allowed: a\n/);
  });

  it("follows a pod through a broken connection and a restart, shows each line once, and ends when the pod is deleted", async () => {
    const a = server.add("a");
    a.write("before", start);
    const it = await logs({ pod: "a", listMs: 50 });
    await it.showExisting();
    const ended = it.follow();
    await sleep(200);
    a.write("live", start + 1);
    await until("a live");
    a.cut(true);
    a.write("while nobody listened", start + 2);
    await until("a while nobody listened");
    a.restart();
    a.write("again", start + 3);
    await until("a again");
    server.delete("a");
    await ended;
    assert.deepEqual(told, ["a before", "a live", "a while nobody listened", "a again"]);
  });

  it("doesn't show the kubelet's own messages as lines of the pod", async () => {
    const a = server.add("a");
    a.write("before", start);
    const it = await logs({ pod: "a", listMs: 50 });
    const ended = it.follow();
    await until("a before");
    a.interrupt('failed to watch directory "/var/lib/docker/containers/5c4a": no such file or directory');
    a.write("after", start + 1);
    await until("a after");
    server.delete("a");
    await ended;
    assert.deepEqual(told, ["a before", "a after"]);
  });

  for (const [name, text] of [
    ["a line of 1 MB", "x".repeat(1_000_000)],
    ["no text at all", ""],
    ["a return at its end", "a\r"],
    ["what isn't UTF-8", "\ufffd"],
  ] as const) {
    it(`shows ${name} whole, also if the log doesn't end with a line break`, async () => {
      server.add("a").write(text, start);
      server.add("b").write(text, start + 1, "");
      await (await logs()).showExisting();
      assert.deepEqual(told, [`a ${text}`, `b ${text}`]);
    });
  }

  it("doesn't mistake an error of its listener for the end of a log", async () => {
    server.add("a").write("x", start);
    const listener = { line: () => assert.fail("a bug"), notice: () => {} };
    await assert.rejects(new Logs(apis, deployed, {}, listener).showExisting(), /a bug/);
  });
});

describe("times of log lines", () => {
  it("are ordered also if their fractions differ in length", () => {
    const times = ["T12:00:00.1612Z", "T12:00:00Z", "T12:00:00.161Z", "T12:00:00.17Z"];
    const sorted = [...times].sort((x, y) => (comparable(x) < comparable(y) ? -1 : 1));
    assert.deepEqual(sorted, ["T12:00:00Z", "T12:00:00.161Z", "T12:00:00.1612Z", "T12:00:00.17Z"]);
  });
});
