import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "undici";
import { append, CODE, restore, standard, writeConfig } from "../e2e/harness/checkout";
import { endpoints, findDeployment, podsAndRestarts, settled } from "../e2e/harness/cluster";
import { Dev } from "../e2e/harness/dev";
import { whoAnswers } from "../e2e/harness/http";
import { succeeds } from "../e2e/harness/shell";
import { beginsDeployed, story } from "../e2e/harness/story";
import { underLoad } from "../e2e/harness/under-load";
import { until } from "../e2e/harness/until";

const REPLICAS = 4;
const SAVES = 100;
const INSPECTOR_PORT = 39_329;
/** How long a breakpoint holds a process, in milliseconds: four times as long as a liveness probe allows. */
const HELD_MS = 120_000;

story("npm run dev", () => {
  beginsDeployed();
  let dev: Dev | undefined;

  before("more pods", async () => {
    await writeConfig({ ...standard, replicas: REPLICAS });
    await succeeds("npx pulumi up --yes");
    await settled(REPLICAS);
  });
  afterEach(() => restore(CODE));
  afterEach(() => dev?.kill());
  after("as it was", async () => {
    await writeConfig(standard);
    await succeeds("npx pulumi up --yes --refresh");
    await settled(standard.replicas as number);
  });

  it(`serves ${SAVES} saves under load, and no request is lost`, async function () {
    this.timeout(900_000);
    const template = (await findDeployment())?.spec?.template;
    dev = await Dev.start();
    const running = await podsAndRestarts();
    const times: number[] = [];
    const { failed } = await underLoad(`${SAVES} saves in npm run dev`, async () => {
      for (let save = 0; save < SAVES; save++) {
        const { seconds } = await dev!.serves(() => append(CODE, `export const save${save} = ${save};`));
        times.push(seconds);
      }
    });
    times.sort((a, b) => a - b);
    const [median, p95] = [times[SAVES / 2], times[Math.ceil(SAVES * 0.95) - 1]];
    console.log(`    save to the last of ${REPLICAS} pods: median ${median} s, p95 ${p95} s`);
    assert.equal(failed, 0);
    assert.deepEqual(await podsAndRestarts(), running);
    await dev.stop();
    await settled(REPLICAS);
    assert.deepEqual((await findDeployment())?.spec?.template, template);
  });

  it("goes on serving the earlier code if a save doesn't compile, or crashes as it starts", async () => {
    dev = await Dev.start();
    const { version } = await dev.serves(() => append(CODE, "export const good = 1;"));
    let from = dev.output.length;
    await append(CODE, "const bad = ;");
    await dev.says(/can't be bundled: Unexpected ";"\n {2}where: {3}main\.ts:\d+/, from);
    await restore(CODE);
    from = dev.output.length;
    await append(CODE, 'throw new Error("crashes");');
    await dev.says(/isn't served: api-\S+: it ended with exit code 1 before it was ready/, from);
    assert.equal((await whoAnswers()).version, version);
    await restore(CODE);
  });

  it("is ended by the next npm run up, if it was killed", async () => {
    dev = await Dev.start();
    dev.kill();
    await succeeds("npx pulumi up --yes --refresh");
    await settled(REPLICAS);
    assert.equal((await findDeployment())?.spec?.template.spec?.containers[0]?.command, undefined);
  });

  it("lets a breakpoint hold a process for two minutes: its pod leaves the Service, and isn't restarted", async function () {
    this.timeout(HELD_MS + 240_000);
    dev = await Dev.start("--inspect", String(INSPECTOR_PORT));
    const running = await podsAndRestarts();
    const debugging = await Debugger.connect();
    await debugging.pause();
    await until(
      "one pod leaves the Service",
      10_000,
      async () => (await endpoints()).length === REPLICAS - 1,
    );
    await sleep(HELD_MS);
    assert.deepEqual(await podsAndRestarts(), running);
    const { failed } = await underLoad("a breakpoint holds one of the pods", () => sleep(5_000));
    assert.equal(failed, 0);
    debugging.resume();
    await until("it is back", 20_000, async () => (await endpoints()).length === REPLICAS);
    assert.deepEqual(await podsAndRestarts(), running);
    await dev.stop();
  });
});

/** A debugger, by the Chrome DevTools Protocol (https://chromedevtools.github.io/devtools-protocol/v8/Debugger/). */
class Debugger {
  #id = 0;

  static async connect(): Promise<Debugger> {
    const answer = await fetch(`http://127.0.0.1:${INSPECTOR_PORT}/json/list`);
    const [target] = (await answer.json()) as [{ webSocketDebuggerUrl: string }];
    const socket = new WebSocket(target.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    return new Debugger(socket);
  }

  private constructor(private readonly socket: WebSocket) {}

  /** Resolves once the process is held. */
  async pause(): Promise<void> {
    const paused = new Promise<void>((resolve) => {
      this.socket.addEventListener("message", ({ data }) => {
        if (String(data).includes('"Debugger.paused"')) resolve();
      });
    });
    this.#send("Debugger.enable");
    this.#send("Runtime.evaluate", { expression: "setTimeout(() => { debugger; })" });
    await paused;
  }

  resume(): void {
    this.#send("Debugger.resume");
  }

  #send(method: string, params: object = {}): void {
    this.socket.send(JSON.stringify({ id: ++this.#id, method, params }));
  }
}
