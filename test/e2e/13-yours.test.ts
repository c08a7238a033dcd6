import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { copyProduct, writeConfig } from "./harness/checkout";
import { core, nothingLeft, pods } from "./harness/cluster";
import { ask } from "./harness/http";
import { environmentWithTools, NODE_PORT, places, PROFILE, URL } from "./harness/place";
import { lastLine, succeeds } from "./harness/shell";
import { beginsEmpty, story } from "./harness/story";
import { until } from "./harness/until";

story("a service that is not ours, in a namespace of its own", () => {
  beginsEmpty();

  it("is deployed unchanged: only config says what it is like", async () => {
    await writeConfig(
      {
        context: PROFILE,
        nodePort: NODE_PORT,
        replicas: 1,
        namespace: "e2e-yours",
        service: "test/e2e/fixtures/plain-http",
        port: 8080,
        healthPath: "/alive",
        readyPath: "/ready",
        metricsPort: 0,
        env: { GREETING: "hello" },
      },
      "e2e-yours",
    );
    assert.equal(lastLine(await succeeds("npm run up -- --stack e2e-yours")), URL);
    const [pod] = await pods("e2e-yours");
    assert.deepEqual(await ask("/"), { status: 200, body: `hello from ${pod?.metadata?.name}\n` });
  });

  it("is admitted by the strictest standard, which its namespace enforces", async () => {
    const { metadata } = await core().readNamespace({ name: "e2e-yours" });
    assert.equal(metadata?.labels?.["pod-security.kubernetes.io/enforce"], "restricted");
    // A pod that is not as strict is turned away.
    const body = { metadata: { name: "loose" }, spec: { containers: [{ name: "loose", image: "loose:1" }] } };
    await assert.rejects(
      core().createNamespacedPod({ namespace: "e2e-yours", body }),
      /violates PodSecurity/,
    );
  });

  it("takes its namespace with it", async () => {
    await succeeds("npm run down -- --stack e2e-yours");
    await until("nothing is left", 60_000, nothingLeft);
  });
});

story("`pulumi new` with this folder as the template", () => {
  beginsEmpty();
  before("the folder as a clone has it", () => copyProduct(places.template));

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
    // The pods are ready when the engine is done; kube-proxy hears of it a moment later (`npm run up` waits for that).
    const answer = await until("an answer", 10_000, () => ask("/healthcheck").catch(() => undefined));
    assert.deepEqual(answer, { status: 200, body: "Hello World" });
    await succeeds("npx pulumi destroy --yes", here);
    await until("nothing is left", 60_000, nothingLeft);
  });
});
