import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import {
  ensureProfile,
  isMadeHere,
  isRunning,
  minikubeOf,
  profileExists,
  refuseDeletion,
} from "../../../toolchain/cluster";
import { refusal } from "../../support/problems";
import { FakeNode, type FakeMinikube, KEY, NOT_READY, OTHER_KEY, READY } from "../../support/fake-node";
import { namesIn, useSandbox } from "../../support/sandbox";

interface Start extends FakeMinikube {
  readonly nodePort?: number;
  readonly nodes?: number;
  /** Our own node image, if this machine needs one. */
  readonly image?: string;
}

describe("a minikube profile", () => {
  const sandbox = useSandbox();
  const machine = () => sandbox().machine;
  let node: FakeNode;
  beforeEach(() => (node = new FakeNode(sandbox())));

  /** Starts it. Gives the calls of minikube, without the question whether it runs. */
  async function start({ nodePort = 0, nodes, image, ...how }: Start = {}): Promise<string[]> {
    const request = { profile: "a", nodePort, nodes };
    await ensureProfile(node.minikube(how), request, () => Promise.resolve(image), sandbox().say);
    return calls();
  }

  function calls(): string[] {
    return sandbox()
      .lines("calls")
      .filter((call) => !call.startsWith("status"));
  }

  const words = (lines: readonly string[]) => lines.map((line) => line.split(" ")[0]);

  const taken: Server[] = [];
  afterEach(() => taken.splice(0).forEach((server) => server.close()));

  /** Listens at a port, unless somebody does already. */
  async function take(port: number): Promise<void> {
    const server = createServer();
    taken.push(server);
    await new Promise<void>((resolve) =>
      server.once("error", () => resolve()).listen(port, "127.0.0.1", resolve),
    );
  }

  it("doesn't exist before it is created, and is made here from then on", async () => {
    assert.deepEqual([profileExists(machine(), "a"), await isMadeHere(machine(), "a")], [false, false]);
    const [made] = await start();
    assert.deepEqual([profileExists(machine(), "a"), await isMadeHere(machine(), "a")], [true, true]);
    assert.match(made!, /^start -p a --driver=docker --container-runtime=docker .* --keep-context$/);
    assert.deepEqual(namesIn(node.profileFolder), ["config.json", "koa-on-minikube.json"]);
  });

  it("isn't created if another program has the port; a free one is suggested", async () => {
    const [first, second] = [31_000, 31_001];
    await take(first);
    await take(second);
    await assert.rejects(
      start({ nodePort: first }),
      new RegExp(`Port ${first} on 127.0.0.1 is taken[^]*nodePort (?!${first}$|${second}$)3\\d{4}$`),
    );
    assert.equal(profileExists(machine(), "a"), false);
  });

  describe("with several nodes", () => {
    it("is created if there is none, and publishes no port: only one node could have it", async () => {
      await take(31_000);
      const [made] = await start({ nodes: 3, nodePort: 31_000 });
      assert.match(made!, / --nodes=3 /);
      assert.doesNotMatch(made!, /--ports/);
    });

    it("isn't created over something else in Docker that has the name of one of the nodes", async () => {
      node.other("volume", "", "a-m03");
      assert.match(await refusal(start({ nodes: 3 })), /Docker volume a-m03/);
      assert.deepEqual(words(await start({ nodes: 2 })), ["start", "ssh"]);
    });

    it("stays as it is: another number is refused, and nothing is deleted", async () => {
      await start({ nodes: 2 });
      node.config({ nodes: ["", "m02"] });
      const message = await refusal(start({ nodes: 3 }));
      assert.match(message, /cluster a has 2 nodes, not 3[^]*without --nodes[^]*minikube delete -p a/);
      const [, , started, ...told] = await start({ nodes: 2 });
      assert.equal(started, "start -p a --keep-context");
      assert.deepEqual(words(told), ["ssh", "ssh"]);
      assert.match(told[1]!, /^ssh -p a -n m02 -- /);
    });
  });

  describe("whose first start was interrupted", () => {
    it("before it had a container: is created, with the node image that this machine needs", async () => {
      node.config({ finished: false });
      const [made, ...rest] = await start({ image: "koa-on-minikube/node:1" });
      assert.match(
        made!,
        /^start .* --base-image=koa-on-minikube\/node:1 --network-plugin=cni --cni=false --preload=false /,
      );
      assert.deepEqual(words(rest), ["ssh"]);
      assert.equal(await isMadeHere(machine(), "a"), true);
    });

    for (const [when, made] of [
      ["when its container was just created", {}],
      ["before its node was Ready", { key: KEY, pods: NOT_READY }],
    ] as const) {
      it(`${when}: is deleted and created again, with the node image that this machine needs`, async () => {
        node.config({ finished: false });
        node.container(made);
        const all = await start({ image: "koa-on-minikube/node:1" });
        assert.deepEqual(words(all), ["delete", "start", "ssh"]);
        assert.match(all[1]!, / --base-image=koa-on-minikube\/node:1 /);
        assert.equal(await isMadeHere(machine(), "a"), true);
      });
    }

    it("after its node was Ready: is started and never deleted, without downloads if it wasn't made with them", async () => {
      node.config({ finished: false, image: "koa-on-minikube/node:1" });
      node.container({ key: KEY, pods: READY });
      const [made, ...rest] = await start();
      assert.equal(made, "start -p a --preload=false --install-addons=false --keep-context");
      assert.deepEqual(words(rest), ["ssh"]);
      assert.equal(await isMadeHere(machine(), "a"), true);
    });

    it("and failed: the same", async () => {
      await assert.rejects(start({ exitCode: 1 }), /minikube start .* exit code 1/);
      assert.deepEqual(words(await start()), ["start", "delete", "start", "ssh"]);
    });

    it("and that was completed by hand: is started as it is, and not deleted by anything", async () => {
      node.config();
      node.container({ key: KEY, pods: NOT_READY });
      assert.deepEqual(await start(), ["start -p a --keep-context"]);
      assert.match(await refusal(refuseDeletion(machine(), "a")), /not made by npm run up/);
    });

    it("and that was created by hand, with the note left over: is started as it is, and not deleted by anything", async () => {
      node.config({ by: "hand", finished: false });
      node.container({ key: KEY, pods: NOT_READY });
      sandbox().file(
        join(node.profileFolder, "koa-on-minikube.json"),
        JSON.stringify({ madeBy: "koa-on-minikube", complete: false }),
      );
      assert.deepEqual(await start(), ["start -p a --keep-context"]);
      assert.match(await refusal(refuseDeletion(machine(), "a")), /not made by npm run up/);
    });

    it("may be deleted on request", async () => {
      node.config({ finished: false });
      node.container({ key: KEY, pods: READY });
      await refuseDeletion(machine(), "a");
    });
  });

  it("that somebody else made is started as it is and stays theirs", async () => {
    node.config({ by: "hand" });
    assert.deepEqual(await start(), ["start -p a --keep-context"]);
    assert.equal(await isMadeHere(machine(), "a"), false);
  });

  it("that is no container is started as it is", async () => {
    node.config({ by: "hand", driver: "kvm2" });
    node.container({}, "hand");
    assert.deepEqual(await start(), ["start -p a --keep-context"]);
  });

  it("that we made and somebody recreated by hand is theirs", async () => {
    await start();
    node.container({ key: KEY }, "minikube", "another");
    assert.equal(await isMadeHere(machine(), "a"), false);
  });

  it("is not claimed by a note that a power cut left empty", async () => {
    await start();
    sandbox().file(join(node.profileFolder, "koa-on-minikube.json"), "");
    assert.equal(await isMadeHere(machine(), "a"), false);
  });

  it("is ours also by the note of an earlier version", async () => {
    node.config({ by: "hand" });
    const note = join(node.profileFolder, "koa-on-minikube.json");
    sandbox().file(note, JSON.stringify({ madeBy: "koa-on-minikube", complete: true }));
    assert.equal(await isMadeHere(machine(), "a"), true);
  });

  describe("whose name something else in Docker has", () => {
    it("isn't created over another user's node", async () => {
      node.container({ key: OTHER_KEY, pods: READY });
      const message = await refusal(start());
      assert.match(message, /container a belongs to another user[^]*config set context[^]*docker rm -f a/);
      assert.equal(node.exists, true);
    });

    it("isn't created over another user's node that has only just been created", async () => {
      node.container({});
      assert.match(await refusal(start()), /container a belongs to another user/);
    });

    it("isn't created over a container that isn't minikube's", async () => {
      node.container({}, "hand");
      assert.match(await refusal(start()), /container a belongs to another user/);
    });

    it("isn't created again over another container that has taken the name since an interrupted first start", async () => {
      node.config({ finished: false });
      node.container({}, "hand");
      assert.match(await refusal(start()), /container a belongs to another user/);
      node.removeContainer();
      node.container({ key: OTHER_KEY, pods: NOT_READY });
      assert.match(await refusal(start()), /container a belongs to another user/);
    });

    it("isn't started or deleted if the node belongs to another user", async () => {
      await start();
      node.container({ key: OTHER_KEY });
      assert.match(await refusal(start()), /container a belongs to another user/);
      node.config({ finished: false });
      assert.match(await refusal(refuseDeletion(machine(), "a")), /container a belongs to another user/);
    });

    it("isn't created over a volume, or a network that minikube didn't make: both are reported at once", async () => {
      node.other("volume", "a");
      node.other("network");
      assert.match(await refusal(start()), /Docker volume a,[^]*docker volume rm a[^]*Docker network a that/);
    });

    it("is created in a network that minikube left behind", async () => {
      node.other("network", "true");
      assert.deepEqual(words(await start()), ["start", "ssh"]);
    });
  });

  it("has a node that soon forgets unanswered connections: when created and when started again, if it is ours", async () => {
    await start();
    const [, made, , started] = await start();
    assert.match(made!, /^ssh -p a -- .*nf_conntrack_tcp_timeout_syn_sent = 2.* sudo sysctl /);
    assert.equal(started, made);
  });

  it("starts even if its node can't be configured to forget unanswered connections, with a notice", async () => {
    await start({ ssh: 1 });
    assert.match(
      sandbox().notices.join("\n"),
      /lifetime of unanswered connections in the node a could not be set/,
    );
    assert.equal(await isMadeHere(machine(), "a"), true);
  });

  it("that runs is added to a kubeconfig that lacks it: a start would restart everything in its node", async () => {
    node.config();
    node.container({ key: KEY, pods: READY });
    const status = { Host: "Running", Kubelet: "Running", APIServer: "Running", Kubeconfig: "Misconfigured" };
    assert.deepEqual(await start({ status }), ["update-context -p a"]);
    assert.match(sandbox().notices.join(), /kubeconfig doesn't lead to a, which runs/);
    assert.match((await start({ status: { ...status, APIServer: "Stopped" } })).join(), /,start -p a /);
  });

  it("runs when all of its parts do", async () => {
    const status = { Host: "Running", Kubelet: "Running", APIServer: "Running", Kubeconfig: "Configured" };
    const outputs: readonly (readonly [output: string, runs: boolean])[] = [
      [JSON.stringify(status), true],
      [`! a warning\n${JSON.stringify(status)}`, true],
      [JSON.stringify([status, { Host: "Stopped" }]), true],
      [JSON.stringify([{ ...status, Host: "Stopped" }, status]), false],
      [JSON.stringify({ ...status, APIServer: "Stopped" }), false],
      [JSON.stringify({ ...status, Kubeconfig: "Misconfigured" }), false],
      ["* Profile not found", false],
    ];
    for (const [output, runs] of outputs) {
      sandbox().script("minikube", `cat <<'END'\n${output}\nEND`);
      const found = { name: "minikube", version: "1.38.1", source: "PATH", dir: sandbox().bin } as const;
      assert.equal(await isRunning(minikubeOf(found, machine()), "a"), runs, output);
    }
  });
});
