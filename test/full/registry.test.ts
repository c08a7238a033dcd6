import assert from "node:assert/strict";
import { changeCode, CODE, restore, writeConfig } from "../e2e/harness/checkout";
import { core, pods } from "../e2e/harness/cluster";
import { ask } from "../e2e/harness/http";
import { PROFILE } from "../e2e/harness/place";
import { Registry } from "../e2e/harness/registry";
import { fails, lastLine, pulumiAlone, succeeds } from "../e2e/harness/shell";
import { beginsDeployed, FIRST_UP_TIMEOUT_MS, story } from "../e2e/harness/story";
import { losesNothing } from "../e2e/harness/under-load";
import { until } from "../e2e/harness/until";

const NAME = "registry";
const IMAGE = "team/api";

story("a registry with TLS and a password", () => {
  beginsDeployed();

  let registry: Registry;
  before("start it", async function () {
    this.timeout(FIRST_UP_TIMEOUT_MS); // if it has to be built
    registry = await Registry.start();
    await registry.trustedBy(PROFILE);
    const config = { context: PROFILE, namespace: NAME, nodePort: 30_182, replicas: 2 };
    await writeConfig({ ...config, registry: `${registry.host}/team` }, NAME);
  });
  after("stop it", async () => {
    await registry?.stop();
    await restore(CODE);
  });

  const run = (command: string) => succeeds(`npm run ${command} -- --stack ${NAME}`, { env: registry.env });
  const release = async () => (await succeeds(`npx pulumi stack output release --stack ${NAME}`)).trim();
  const showsNoSecret = (output: string) => {
    for (const secret of registry.secrets) assert.ok(!output.includes(secret), "a secret is shown");
  };
  let url = "";
  let first = "";

  it("gives one clear error for a wrong password, which no output contains", async () => {
    await registry.logInWrongly("wrong-horse");
    const doctor = await fails(`npm run doctor -- --stack ${NAME}`, { env: registry.env });
    const up = await fails(`npm run up -- --stack ${NAME}`, { env: registry.env });
    for (const output of [doctor, up]) {
      assert.match(output, new RegExp(`The registry ${registry.host} [^\\n]*(unauthorized|401)`, "i"));
      assert.match(output, new RegExp(`docker login ${registry.host}`));
      assert.doesNotMatch(output, /wrong-horse/);
      showsNoSecret(output);
    }
    assert.equal(up.match(/The registry /g)?.length, 1, up);
    assert.deepEqual(await registry.digests(IMAGE), {});
  });

  it("gets the image once, and the nodes pull it by its digest", async () => {
    assert.ok(await registry.logIn());
    assert.match(await run("doctor"), /^✔ registry .* answers, and takes the credentials/m);
    const output = await run("up");
    showsNoSecret(output);
    url = lastLine(output);
    assert.deepEqual(await ask("/healthcheck", url), { status: 200, body: "Hello World" });
    first = await release();
    const digests = await registry.digests(IMAGE);
    assert.deepEqual(Object.keys(digests), [first]);
    const image = `${registry.host}/${IMAGE}@${digests[first]}`;
    const found = await pods(NAME);
    assert.deepEqual(
      found.map(({ spec }) => spec?.containers[0]?.image),
      [image, image],
    );
    assert.ok(found.every(({ status }) => status?.containerStatuses?.[0]?.imageID.includes(image)));
    assert.equal(registry.writes.images, 1);
  });

  it("admits the nodes by a Secret, which is encrypted in the state", async () => {
    const [pod] = await pods(NAME);
    const secret = pod?.spec?.imagePullSecrets?.[0]?.name ?? "";
    const { type, data } = await core().readNamespacedSecret({ namespace: NAME, name: secret });
    assert.equal(type, "kubernetes.io/dockerconfigjson");
    const { auths } = JSON.parse(Buffer.from(data?.[".dockerconfigjson"] ?? "", "base64").toString()) as {
      auths: Record<string, { password: string }>;
    };
    assert.equal(auths[registry.host]?.password, registry.secrets[0]);
    showsNoSecret(await succeeds(`npx pulumi stack export --stack ${NAME}`));
  });

  it("gets nothing if nothing has changed", async () => {
    const before = registry.writes;
    assert.match(await run("up"), /Deployment: no changes/);
    assert.deepEqual(registry.writes, before);
  });

  it("gets changed code once, and the rollout loses no request", async () => {
    const before = registry.writes.images;
    await changeCode("changed");
    await losesNothing("registry: npm run up, changed code", () => run("up"), url);
    assert.equal(registry.writes.images, before + 1);
    assert.deepEqual(Object.keys(await registry.digests(IMAGE)).sort(), [first, await release()].sort());
  });

  it("has the releases to go back to, and a rollback sends nothing and loses no request", async () => {
    const second = await release();
    const list = await run("releases");
    for (const tag of [first, second]) assert.match(list, new RegExp(tag));
    const before = registry.writes;
    await losesNothing("registry: npm run rollback", () => run("rollback"), url);
    assert.equal(await release(), first);
    assert.deepEqual(registry.writes, before);
  });

  it("keeps the images when the stack is destroyed, and is enough for the three Pulumi commands as they are", async () => {
    assert.match(await run("down"), /Destroy: done/);
    await pulumiAlone(NAME, registry.env);
    await until("the namespace is gone", 60_000, async () => {
      const { items } = await core().listNamespace();
      return items.every(({ metadata }) => metadata?.name !== NAME);
    });
    assert.equal(Object.keys(await registry.digests(IMAGE)).length, 2);
  });
});
