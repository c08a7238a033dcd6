import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { isRunning, minikubeOf, ownershipOf, profileExists, startProfile } from "../../../toolchain/cluster";
import { noteProfile } from "../../../toolchain/cluster/profile";
import { namesIn, useSandbox } from "../harness/sandbox";

describe("a minikube profile", () => {
  const sandbox = useSandbox();
  const folder = () => join(sandbox().machine.minikubeHome, "profiles", "a");

  /** A minikube that notes its calls, and makes or deletes what the real one would. */
  function minikube(start = "") {
    sandbox().script(
      "minikube",
      `echo "$*" >>${sandbox().root}/calls
       case $1 in
         start) ${start}
           echo '{}' >${folder()}/config.json ;;
         delete) rm -r ${folder()} ;;
       esac`,
    );
    const found = { name: "minikube", version: "1.38.1", source: "PATH", dir: sandbox().bin } as const;
    return minikubeOf(found, sandbox().machine);
  }

  async function start(how = "", nodePort = 0): Promise<string[]> {
    await startProfile(minikube(how), { profile: "a", nodePort }, undefined, sandbox().say);
    return sandbox().lines("calls");
  }

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

  it("is nobody's before it is made, and ours from then on", async () => {
    const { machine } = sandbox();
    assert.deepEqual([profileExists(machine, "a"), ownershipOf(machine, "a")], [false, "not ours"]);
    const [made] = await start();
    assert.deepEqual([profileExists(machine, "a"), ownershipOf(machine, "a")], [true, "ours"]);
    assert.match(made!, /^start -p a --driver=docker --container-runtime=docker .* --keep-context$/);
    assert.deepEqual(namesIn(folder()), ["config.json", "koa-on-minikube.json"]);
  });

  it("isn't made where another program has the port; one that is free is suggested", async () => {
    const [first, second] = [31_000, 31_001];
    await take(first);
    await take(second);
    await assert.rejects(
      start("", first),
      new RegExp(`port ${first} on 127.0.0.1 is taken[^]*nodePort (?!${first}$|${second}$)3\\d{4}$`),
    );
    assert.equal(profileExists(sandbox().machine, "a"), false);
  });

  it("is unfinished where its first start was interrupted, and then made anew", async () => {
    const { machine } = sandbox();
    await assert.rejects(
      start(`echo '{}' >${folder()}/config.json; exit 1`),
      /minikube start .* exit code 1/,
    );
    assert.equal(ownershipOf(machine, "a"), "unfinished");
    const calls = await start();
    assert.deepEqual(
      calls.map((call) => call.split(" ")[0]),
      ["start", "delete", "start", "ssh"],
    );
    assert.equal(ownershipOf(machine, "a"), "ours");
  });

  it("has a node that forgets soon where unanswered connections were led: made or started again, if it is ours", async () => {
    await start();
    const [, made, , started] = await start();
    assert.match(made!, /^ssh -p a -- .*nf_conntrack_tcp_timeout_syn_sent = 2.* sudo sysctl /);
    assert.equal(started, made);
  });

  it("that somebody else made is started as it is and stays theirs", async () => {
    sandbox().file(join(folder(), "config.json"), "{}");
    assert.deepEqual(await start(), ["start -p a --keep-context"]);
    assert.equal(ownershipOf(sandbox().machine, "a"), "not ours");
  });

  it("is not claimed by a note that a power cut left empty", async () => {
    await noteProfile(sandbox().machine, "a", true);
    assert.equal(ownershipOf(sandbox().machine, "a"), "ours");
    sandbox().file(join(folder(), "koa-on-minikube.json"), "");
    assert.equal(ownershipOf(sandbox().machine, "a"), "not ours");
  });

  it("runs when all of its parts do", async () => {
    const status = { Host: "Running", Kubelet: "Running", APIServer: "Running", Kubeconfig: "Configured" };
    const outputs: readonly (readonly [output: string, runs: boolean])[] = [
      [JSON.stringify(status), true],
      [`! a warning\n${JSON.stringify(status)}`, true],
      [JSON.stringify({ ...status, APIServer: "Stopped" }), false],
      [JSON.stringify({ ...status, Kubeconfig: "Misconfigured" }), false],
      ["* Profile not found", false],
    ];
    for (const [output, runs] of outputs) {
      sandbox().script("minikube", `cat <<'END'\n${output}\nEND`);
      const found = { name: "minikube", version: "1.38.1", source: "PATH", dir: sandbox().bin } as const;
      assert.equal(await isRunning(minikubeOf(found, sandbox().machine), "a"), runs, output);
    }
  });
});
