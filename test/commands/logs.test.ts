import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { clientFor } from "../../commands/deployed/cluster";
import type { Deployed } from "../../commands/deployed";
import { Logs, type Wish } from "../../commands/logs/follow";
import { Readable } from "../../commands/logs/readable";
import { comparable } from "../../commands/logs/source";
import { parseConfig } from "../../infra/config";
import { PodServer } from "./api-server";

const start = Date.parse("2025-01-01T12:00:00.000Z");
const deployed = { stack: "dev", config: parseConfig({}, "p") } as Deployed;

describe("logs of pods", () => {
  let server: PodServer;
  let told: string[];
  let logs: (wish?: Wish) => Promise<Logs>;

  beforeEach(async () => {
    server = new PodServer();
    told = [];
    const config = await server.start();
    const cluster = await clientFor(config);
    const listener = {
      line: ({ pod, text }: { pod: string; text: string }) => told.push(`${pod} ${text}`),
      notice: (text: string) => told.push(`-- ${text}`),
    };
    logs = (wish = {}) => Promise.resolve(new Logs(cluster, deployed, wish, listener));
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

  it("tells the lines of all pods in the order in which they were written", async () => {
    const [a, b] = [server.add("a"), server.add("b")];
    a.write("one", start + 100);
    b.write("two", start + 120);
    a.write("three", start + 123);
    b.write("four", start + 1000);
    await (await logs()).tell();
    assert.deepEqual(told, ["a one", "b two", "a three", "b four"]);
  });

  it("tells as many of the last lines as are wanted, of the pod that is wanted", async () => {
    const a = server.add("a");
    for (let n = 0; n < 5; n++) a.write(`${n}`, start + n);
    server.add("b").write("other", start);
    await (await logs({ pod: "a", tailLines: 2 })).tell();
    assert.deepEqual(told, ["a 3", "a 4"]);
  });

  it("names the pods that there are where the one that is wanted is not", async () => {
    server.add("a");
    await assert.rejects((await logs({ pod: "x" })).tell(), /no pod x\n +allowed: a\n/);
  });

  it("follows a pod through a broken connection and a restart, tells each line once, and ends when it goes", async () => {
    const a = server.add("a");
    a.write("before", start);
    const it = await logs({ pod: "a", lookMs: 50 });
    await it.tell();
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

  it("doesn't take for a line of the pod what the kubelet says among them", async () => {
    const a = server.add("a");
    a.write("before", start);
    const it = await logs({ pod: "a", lookMs: 50 });
    const ended = it.follow();
    await until("a before");
    a.interrupt('failed to watch directory "/var/lib/docker/containers/5c4a": no such file or directory');
    a.write("after", start + 1);
    await until("a after");
    server.delete("a");
    await ended;
    assert.deepEqual(told, ["a before", "a after"]);
  });
});

describe("logs for a person", () => {
  const line = (text: string, pod = "api-1", time = "2025-01-01T12:00:00.5Z") => ({ pod, time, text });

  it("writes JSON as time, level, pod, message and fields, without what the pod's name says", () => {
    const entry = {
      level: "warn",
      time: "2025-01-01T11:59:59.123Z",
      pod: "api-1",
      track: "stable",
      release: "v",
    };
    const text = JSON.stringify({ ...entry, path: "/ip", status: 200, who: "a b", msg: "request" });
    assert.equal(
      new Readable(false).line(line(text)),
      '11:59:59.123 warn  api-1 | request path=/ip status=200 who="a b"',
    );
  });

  it("knows pino's numbers, and shows a stack on lines of its own", () => {
    const entry = {
      level: 50,
      time: Date.parse("2025-01-01T00:00:01Z"),
      msg: "no",
      err: { stack: "E\nat x" },
    };
    assert.equal(
      new Readable(false).line(line(JSON.stringify(entry))),
      "00:00:01.000 error api-1 | no\n    E\n    at x",
    );
  });

  for (const text of ["plain text", "{not json}", "[1]", '"text"', ""]) {
    it(`leaves ${JSON.stringify(text)} as it is`, () => {
      assert.equal(new Readable(false).line(line(text)), `12:00:00.500       api-1 | ${text}`);
    });
  }

  it("gives each pod a colour of its own, and keeps it", () => {
    const readable = new Readable(true);
    const colour = (pod: string) => readable.line(line("x", pod)).split(/\[(3[1-6])m/)[1];
    const [a, b] = [colour("a"), colour("b")];
    assert.notEqual(a, b);
    assert.equal(colour("a"), a);
  });

  it("orders times whose fractions differ in length", () => {
    const times = ["T12:00:00.1612Z", "T12:00:00Z", "T12:00:00.161Z", "T12:00:00.17Z"];
    const sorted = [...times].sort((x, y) => (comparable(x) < comparable(y) ? -1 : 1));
    assert.deepEqual(sorted, ["T12:00:00Z", "T12:00:00.161Z", "T12:00:00.1612Z", "T12:00:00.17Z"]);
  });
});
