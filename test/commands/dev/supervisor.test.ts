import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { Agent, get, request, type IncomingMessage, type RequestOptions } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { SupervisorSettings } from "../../../commands/dev/supervisor";
import { poll } from "../../../common/poll";
import { ROOT } from "../../../common/root";
import { bundle } from "../../../infra/image/bundle";
import { folderWith } from "../../support/folder";

/** A service that answers with its version, drains like ours, and runs further code. */
const serviceThat = (does = "") => `
  const server = require("node:http").createServer((request, response) => {
    if (request.url === "/slow") return setTimeout(() => response.end(process.env.RELEASE_VERSION), 300);
    response.end(process.env.RELEASE_VERSION);
  }).listen(process.env.PORT);
  process.on("SIGTERM", () => server.close(() => process.exit(3)));
  ${does}`;

describe("the supervisor of a pod under npm run dev", () => {
  let script: string;
  let folder: string;
  let pod: ChildProcess;
  let [port, controlPort] = [0, 0];

  before(async () => {
    const { code } = await bundle(join(ROOT, "commands", "dev", "supervisor.ts"));
    script = Buffer.from(code).toString();
  });

  beforeEach(async () => {
    folder = folderWith({ "main.js": serviceThat() });
    [port, controlPort] = [await freePort(), await freePort()];
    await startPod();
  });
  afterEach(() => {
    if (pod.exitCode === null) process.kill(-pod.pid!, "SIGKILL"); // with all that it has started, as a container ends
  });

  it("runs the released code first, then new code, with no connection refused in between", async () => {
    assert.equal(await answer(), "released");
    const asking = askUntil("dev-1");
    assert.deepEqual(await put("dev-1", serviceThat()), { status: 200, said: "{}" });
    assert.deepEqual(new Set(await asking), new Set(["released", "dev-1"]));
  });

  it("lets the earlier code finish what it has begun", async () => {
    const slow = answer("/slow");
    await put("dev-1", serviceThat());
    assert.equal(await slow, "released");
  });

  it("refuses code that ends before it is ready, and the earlier code serves on", async () => {
    await put("dev-1", serviceThat());
    const { status, said } = await put("dev-2", "process.exit(7)");
    assert.equal(status, 422);
    assert.match(said, /exit code 7 before it was ready/);
    assert.equal(await answer(), "dev-1");
  });

  it("goes back to the earlier code if new code ends soon after it was ready", async () => {
    await put("dev-1", serviceThat());
    await put("dev-2", serviceThat("setTimeout(() => process.exit(7), 300);"));
    assert.equal(await answer(), "dev-2");
    await untilAnswered("dev-1");
    assert.equal(pod.exitCode, null);
  });

  it("ends as the service does, and begins with the last code when the container starts again", async () => {
    await put("dev-1", serviceThat());
    const exit = once(pod, "exit");
    pod.kill("SIGTERM");
    assert.deepEqual(await exit, [3, null]);
    await startPod();
    assert.equal(await answer(), "dev-1");
  });

  it("opens the inspector if it is asked for", async () => {
    const { said } = await put("dev-1?inspect", serviceThat());
    const { inspectPort } = JSON.parse(said) as { inspectPort: number };
    assert.match(await ask({ port: inspectPort, path: "/json/version" }), /node.js/);
  });

  it("keeps only the code that serves and the earlier code", async () => {
    for (const version of ["dev-1", "dev-2", "dev-3"]) await put(version, serviceThat());
    const kept = (version: string) => existsSync(join(folder, "koa-on-minikube-dev", `${version}.js`));
    assert.deepEqual(["dev-1", "dev-2", "dev-3"].map(kept), [false, true, true]);
  });

  async function startPod(): Promise<void> {
    const settings: SupervisorSettings = {
      nodeOptions: [],
      file: join(folder, "main.js"),
      args: [],
      readyPath: "/",
      startSeconds: 10,
      controlPort,
    };
    pod = spawn(process.execPath, ["-e", script, JSON.stringify(settings)], {
      env: { ...process.env, TMPDIR: folder, PORT: String(port), RELEASE_VERSION: "released" },
      stdio: ["ignore", "ignore", "ignore"],
      detached: true, // a process group of its own
    });
    await untilAnswered("released", "dev-1");
  }

  async function untilAnswered(...versions: string[]): Promise<void> {
    const answered = await poll({ withinMs: 8_000, everyMs: 20 }, async () => {
      const version = await answer().catch(() => "");
      return versions.includes(version) || undefined;
    });
    assert.ok(answered, `nobody answered ${versions.join(" or ")}`);
  }

  /** Asks on a new connection each time. @throws if one of them is refused or breaks */
  async function askUntil(version: string): Promise<string[]> {
    const answers = [await answer()];
    while (answers.at(-1) !== version) answers.push(await answer());
    return answers;
  }

  function answer(path = "/"): Promise<string> {
    return ask({ port, path });
  }

  async function ask(options: RequestOptions): Promise<string> {
    const [response] = (await once(get({ agent: false, ...options }), "response")) as [IncomingMessage];
    return text(response);
  }

  async function put(version: string, code: string): Promise<{ status: number | undefined; said: string }> {
    const sent = request({ port: controlPort, method: "PUT", path: `/${version}`, agent: new Agent() });
    sent.end(code);
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    return { status: response.statusCode, said: await text(response) };
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
