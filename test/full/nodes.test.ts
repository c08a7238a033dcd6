import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { V1Pod } from "@kubernetes/client-node";
import { isReady } from "../../cluster/objects/pods";
import type { Report } from "../../commands/load/generator";
import { changeCode, CODE, restore, writeConfig } from "../e2e/harness/checkout";
import { ask } from "../e2e/harness/http";
import { environmentWithTools } from "../e2e/harness/place";
import { removeProfile } from "../e2e/harness/other-profile";
import { Registry } from "../e2e/harness/registry";
import { fails, lastLine, pulumiAlone, succeeds } from "../e2e/harness/shell";
import { FIRST_UP_TIMEOUT_MS, story } from "../e2e/harness/story";
import { losesNothing, underLoad } from "../e2e/harness/under-load";
import { until } from "../e2e/harness/until";

const NAME = "koa-on-minikube-e2e-nodes";
const [FIRST, SECOND, THIRD, FOURTH] = [NAME, `${NAME}-m02`, `${NAME}-m03`, `${NAME}-m04`] as const;
/** Small, because the nodes share one machine. */
const resources = { requests: { cpu: "50m", memory: "50Mi" } };
/**
 * In milliseconds. A lost node's pods are replaced within this time: 50 s until Kubernetes notices, 30 s more, and the
 * start of a pod.
 */
const REPLACED_MS = 180_000;
const ROUND_MS = 600_000;
/** In milliseconds: as long as the load waits for an answer. */
const OVER_MS = 20_000;

story("a minikube cluster with three nodes", () => {
  let url = "";
  let env = environmentWithTools;
  before(async () => {
    await writeConfig({ context: NAME, replicas: 3, resources }, NAME);
    await removeProfile(NAME);
  });
  after("minikube delete", async () => {
    await restore(CODE);
    await removeProfile(NAME);
  });

  const kubectl = (args: string) => succeeds(`kubectl --context ${NAME} ${args}`);
  const up = (flags = "") =>
    succeeds(`npm run up -- --stack ${NAME}${flags}`, { env, timeout: FIRST_UP_TIMEOUT_MS });
  const release = async () => (await succeeds(`npx pulumi stack output release --stack ${NAME}`)).trim();

  /** The output of `npm run status`, also if it reports a problem. */
  const status = () => succeeds(`npm run status -- --stack ${NAME}`).catch((error: Error) => error.message);

  async function pods(): Promise<V1Pod[]> {
    const { items } = JSON.parse(await kubectl("get pods -l name=api -o json")) as { items: V1Pod[] };
    return items.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  }

  /** Waits until exactly so many pods exist, all ready. Pods that are being deleted don't count. @returns their nodes */
  const ready = (count: number, withinMs = 60_000) =>
    until(`${count} pods, all ready`, withinMs, async () => {
      const found = await pods();
      return found.length === count && found.every(isReady) ? nodesOf(found) : undefined;
    });

  /** Changes the code and goes back to the release before, under load. @param check what holds after each */
  async function changesAndGoesBack(where: string, check: () => Promise<void>): Promise<void> {
    await changeCode("changed");
    const first = await release();
    await losesNothing(`${where}: npm run up, changed code`, () => up(), url);
    await check();
    assert.notEqual(await release(), first);
    const goBack = () => succeeds(`npm run rollback -- --stack ${NAME}`, { env });
    await losesNothing(`${where}: npm run rollback`, goBack, url);
    await check();
    assert.equal(await release(), first);
    await restore(CODE);
  }

  it("is made by `npm run up -- --nodes 3`, with the image and a pod on each node", async function () {
    this.timeout(FIRST_UP_TIMEOUT_MS);
    url = lastLine(await up(" --nodes 3"));
    assert.deepEqual(await ask("/healthcheck", url), { status: 200, body: "Hello World" });
    const image = new RegExp(`^api +${await release()} `, "m");
    for (const node of [FIRST, SECOND, THIRD]) assert.match(await imagesOn(node), image);
    assert.deepEqual(await ready(3), [FIRST, SECOND, THIRD]);
  });

  it("keeps its number of nodes: another one is refused", async () => {
    assert.match(await fails(`npm run up -- --stack ${NAME} --nodes 2`), /has 3 nodes, not 2/);
  });

  it("gets changed code and goes back, with a pod on each node again and no request lost", async function () {
    this.timeout(ROUND_MS);
    await changesAndGoesBack("three nodes", async () => {
      assert.deepEqual(await ready(3), [FIRST, SECOND, THIRD]);
    });
  });

  it("loses no request if a node is drained", async () => {
    const drain = async () => {
      await kubectl(`drain ${SECOND} --ignore-daemonsets --delete-emptydir-data`);
      await ready(3);
    };
    await losesNothing("three nodes: kubectl drain", drain, url);
    assert.ok(!(await ready(3)).includes(SECOND));
    await kubectl(`uncordon ${SECOND}`);
  });

  it("serves on if a node stops: status names it, and others take the place of its pods", async function () {
    this.timeout(ROUND_MS);
    let from = Infinity;
    const report = await underLoad(
      "three nodes: minikube node stop",
      async () => {
        await succeeds(`minikube node stop m03 -p ${NAME}`);
        const stopped = Date.now();
        const words = `The node ${THIRD} doesn't answer`;
        await until(words, REPLACED_MS, async () => (await status()).includes(words));
        const nodes = await ready(3, REPLACED_MS);
        console.log(
          `      full strength ${((Date.now() - stopped) / 1000).toFixed(0)} s after the node stopped`,
        );
        assert.ok(!nodes.includes(THIRD));
        from = Date.now() + OVER_MS;
        await sleep(OVER_MS * 2);
      },
      url,
    );
    assertNoneLostAfter(from, report);
    await up();
  });

  it("takes the node back, with no request lost", async () => {
    const comeBack = async () => {
      await succeeds(`minikube node start m03 -p ${NAME}`);
      await kubectl(`wait --for=condition=Ready node/${THIRD} --timeout=60s`);
      await ready(3);
    };
    await losesNothing("three nodes: minikube node start", comeBack, url);
  });

  it("explains a pod that waits for its image on a node that joined, and `npm run up` brings it", async function () {
    this.timeout(ROUND_MS);
    await succeeds(`minikube node add -p ${NAME}`);
    await kubectl(`wait --for=condition=Ready node/${FOURTH} --timeout=60s`);
    await kubectl("scale deployment api --replicas=5"); // the third node has none either
    const explained = /ErrImageNeverPull[^]*npm run up/;
    await until("status explains", 60_000, async () => explained.test(await status()));
    await succeeds(`npx pulumi config set replicas 5 --stack ${NAME}`);
    await up();
    assert.ok((await ready(5)).includes(FOURTH));
  });

  it("works with the three plain Pulumi commands", async function () {
    this.timeout(ROUND_MS);
    await succeeds(`npm run down -- --stack ${NAME}`);
    await pulumiAlone(NAME, undefined, async () => {
      assert.deepEqual([...new Set(await ready(10))], [FIRST, SECOND, THIRD, FOURTH]);
    });
  });

  describe("with a registry", () => {
    let registry: Registry;
    const nodes = async () => (await kubectl("get nodes -o name")).trim().replaceAll("node/", "").split("\n");
    before("start it", async function () {
      this.timeout(FIRST_UP_TIMEOUT_MS); // if it has to be built
      registry = await Registry.start(NAME);
      env = registry.env;
      for (const node of await nodes()) await registry.trustedBy(node);
      await writeConfig({ context: NAME, replicas: 4, resources, registry: `${registry.host}/team` }, NAME);
    });
    after("stop it", async () => registry?.stop());

    /** Waits for so many pods, all of the image with the release's digest. @returns the nodes that pulled it */
    async function pulled(count: number): Promise<string[]> {
      const on = await ready(count);
      const image = `${registry.host}/team/api@${(await registry.digests("team/api"))[await release()]}`;
      for (const { spec, status } of await pods()) {
        assert.equal(spec?.containers[0]?.image, image);
        assert.ok(status?.containerStatuses?.[0]?.imageID.includes(image));
      }
      return [...new Set(on)];
    }

    it("every node pulls each release by its digest, and no request is lost", async function () {
      this.timeout(ROUND_MS);
      url = lastLine(await up());
      const onEach = async () => assert.deepEqual(await pulled(4), await nodes());
      await onEach();
      await changesAndGoesBack("nodes with a registry", onEach);
    });

    it("a node that joins pulls by itself", async function () {
      this.timeout(ROUND_MS);
      await succeeds(`minikube node add -p ${NAME}`);
      await registry.trustedBy((await nodes()).at(-1)!);
      await kubectl("wait --for=condition=Ready node --all --timeout=60s");
      await kubectl("scale deployment api --replicas=10");
      assert.deepEqual(await pulled(10), await nodes());
    });

    it("the three Pulumi commands are enough", async function () {
      this.timeout(ROUND_MS);
      await succeeds(`npm run down -- --stack ${NAME}`);
      await pulumiAlone(NAME, env, async () => assert.deepEqual(await pulled(10), await nodes()));
    });
  });
});

function imagesOn(node: string): Promise<string> {
  return succeeds(`docker exec ${node} crictl images`);
}

function nodesOf(found: readonly V1Pod[]): string[] {
  return found.map(({ spec }) => spec?.nodeName ?? "").sort();
}

function assertNoneLostAfter(from: number, { startedAt, seconds }: Report): void {
  const after = seconds.slice(Math.ceil((from - Date.parse(startedAt)) / 1000));
  assert.ok(after.some(({ answered }) => answered > 0));
  const failed = after.filter((second) => second.failed > 0);
  assert.deepEqual(failed, []);
}
