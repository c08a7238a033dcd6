import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { copyProduct, writeConfig } from "./harness/checkout";
import { apps, core, nothingLeft, pods } from "./harness/cluster";
import { ask, send } from "./harness/http";
import { environmentWithTools, NODE_PORT, places, PROFILE, URL } from "./harness/place";
import { lastLine, succeeds } from "./harness/shell";
import { beginsEmpty, story } from "./harness/story";
import { until } from "./harness/until";

const yours = "e2e-yours";

/** The config of this service. */
const stranger = {
  context: PROFILE,
  nodePort: NODE_PORT,
  replicas: 1,
  namespace: yours,
  service: "test/e2e/fixtures/plain-http",
  port: 8080,
  args: ["server.js"],
  healthPath: "/alive",
  ready: { tcp: 8080 },
  startSeconds: 20,
  metricsPort: 0,
  user: 1000,
  writable: { "/var/cache": "1Mi" },
  env: { GREETING: "pa$$word of $(PORT)", WORKERS: 4, DEBUG: true },
};

story("a stranger's service, in a namespace of its own", () => {
  beginsEmpty();

  const secret = `s3cret-${process.pid}$$`;

  it("is deployed unchanged: only config describes it", async () => {
    await writeConfig(stranger, yours);
    await succeeds(`npx pulumi stack init ${yours}`);
    await succeeds(`npx pulumi config set --secret --path env.TOKEN ${secret} --stack ${yours}`);
    assert.equal(lastLine(await succeeds(`npm run up -- --stack ${yours}`)), URL);
    const [pod] = await pods(yours);
    assert.deepEqual(await ask("/"), { status: 200, body: `hello from ${pod?.metadata?.name}\n` });
  });

  it("reads its variables as they were typed, and the secret ones from a Secret alone", async () => {
    const { GREETING, WORKERS, DEBUG, TOKEN } = JSON.parse((await ask("/env")).body) as Record<
      string,
      string
    >;
    assert.deepEqual([GREETING, WORKERS, DEBUG, TOKEN], [...Object.values(stranger.env).map(String), secret]);
    const deployment = await apps().readNamespacedDeployment({ name: "api", namespace: yours });
    assert.ok(!JSON.stringify(deployment).includes(secret));
  });

  it("writes to the folders that config allows, as the user that config names", async () => {
    assert.equal((await send("PUT", "/note")).status, 200);
    assert.deepEqual(await ask("/note"), { status: 200, body: "written" });
    const [pod] = await pods(yours);
    assert.equal(pod?.spec?.securityContext?.runAsUser, 1000);
  });

  it("is admitted by the strictest standard, which its namespace enforces", async () => {
    const { metadata } = await core().readNamespace({ name: yours });
    assert.equal(metadata?.labels?.["pod-security.kubernetes.io/enforce"], "restricted");
    // A less strict pod is refused.
    const body = { metadata: { name: "loose" }, spec: { containers: [{ name: "loose", image: "loose:1" }] } };
    await assert.rejects(core().createNamespacedPod({ namespace: yours, body }), /violates PodSecurity/);
  });

  it("is removed with its namespace", async () => {
    await succeeds(`npm run down -- --stack ${yours}`);
    await until("nothing is left", 60_000, nothingLeft);
  });
});

story("`pulumi new` with this folder as the template", () => {
  beginsEmpty();
  before("the folder as in a clone", () => copyProduct(places.template));

  it("makes a project that deploys", async () => {
    await mkdir(places.project);
    const here = { cwd: places.project };
    const config = [`context=${PROFILE}`, `nodePort=${NODE_PORT}`, "replicas=1"].map((pair) => `-c ${pair}`);
    const pulumi = join(places.checkout, "node_modules", ".bin", "pulumi");
    const what = `${places.template} --name e2e-shop --stack e2e --yes ${config.join(" ")}`;
    await succeeds(`${pulumi} new ${what}`, {
      cwd: places.project,
      env: { ...environmentWithTools, npm_config_prefer_offline: "true" },
    });
    const settings = await readFile(join(places.project, "Pulumi.yaml"), "utf8");
    assert.match(settings, /^name: e2e-shop$/m);
    await succeeds("npx pulumi up --yes", here);
    // The pods are ready when the engine is done; kube-proxy learns of it a moment later (`npm run up` waits for that).
    const answer = await until("an answer", 10_000, () => ask("/healthcheck").catch(() => undefined));
    assert.deepEqual(answer, { status: 200, body: "Hello World" });
    await succeeds("npx pulumi destroy --yes", here);
    await until("nothing is left", 60_000, nothingLeft);
  });
});
