import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { profileExists } from "../../toolchain/cluster";
import { attempt } from "../../toolchain/command";
import { ask } from "../e2e/harness/http";
import { environment, machine, PROFILE, STACK, URL } from "../e2e/harness/place";
import { RunningUp } from "../e2e/harness/processes";
import { lastLine, succeeds } from "../e2e/harness/shell";
import { beginsDeployed, FIRST_UP_TIMEOUT_MS, story } from "../e2e/harness/story";

/** A moment of the cluster's creation, and how to recognise it. */
interface Moment {
  readonly name: string;
  readonly come: () => boolean | Promise<boolean>;
  /** Whether the node may contain something by then. Such a node is never deleted. */
  readonly used?: boolean;
}

/** In the order in which they come. */
const moments: readonly Moment[] = [
  { name: "when minikube has noted the profile", come: () => profileExists(machine, PROFILE) },
  { name: "when the node's container was just created", come: async () => (await node()) !== undefined },
  { name: "while the node is set up", come: () => existsSync(join(machineFolder(), "id_rsa.pub")) },
  { name: "while Kubernetes is initialised", come: () => inNode("pgrep kubeadm") },
  { name: "when the API server answers", come: () => inNode("curl -ksf https://127.0.0.1:8443/livez") },
  { name: "when the node was just Ready", come: () => inNode("ls /var/log/pods | grep coredns"), used: true },
];

story("`npm run up` that is killed while it creates the cluster", function () {
  // With installed tools: their installation isn't interrupted here.
  beginsDeployed();
  beforeEach("no cluster", async () => {
    await succeeds(`npm run down -- --stack ${STACK} --cluster`);
    assert.equal(profileExists(machine, PROFILE), false);
  });
  after("a cluster again", async function () {
    this.timeout(FIRST_UP_TIMEOUT_MS);
    await succeeds(`npm run up -- --stack ${STACK}`);
  });

  for (const { name, come, used } of moments) {
    it(`${name}: the next one goes on`, async () => {
      const up = new RunningUp();
      await up.reach(name, come);
      await up.killAll();
      assert.doesNotMatch(up.output, /^http/m, "it had ended by itself");
      const before = await node();
      await nextServes();
      if (used) assert.equal(await node(), before, "the node is the same");
    });
  }

  it("alone, while minikube runs on: the next one goes on", async () => {
    const up = new RunningUp();
    await up.reach("a container", async () => (await node()) !== undefined);
    await up.killOne(/^node commands\/run\.mjs up/);
    await nextServes();
    await up.end();
  });
});

async function nextServes(): Promise<void> {
  assert.equal(lastLine(await succeeds(`npm run up -- --stack ${STACK}`)), URL);
  assert.deepEqual(await ask("/healthcheck"), { status: 200, body: "Hello World" });
}

function machineFolder(): string {
  return join(machine.minikubeHome, "machines", PROFILE);
}

/** The id of the node's container; undefined if there is none. */
async function node(): Promise<string | undefined> {
  const id = await docker("container", "inspect", PROFILE, "--format", "{{.Id}}");
  return id?.trim();
}

async function inNode(command: string): Promise<boolean> {
  return (await docker("exec", PROFILE, "sh", "-c", command)) !== undefined;
}

/** What docker prints; undefined if it fails. */
async function docker(...args: string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await attempt("docker", args, { env: { ...process.env, ...environment } });
  return exitCode === 0 ? stdout : undefined;
}
