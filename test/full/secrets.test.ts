import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { core, findDeployment } from "../e2e/harness/cluster";
import { places, STACK } from "../e2e/harness/place";
import { succeeds } from "../e2e/harness/shell";
import { beginsDeployed, deployStandard, story } from "../e2e/harness/story";

/** Two secrets, so that the second update shows an old and a new value. Random, so that no other text contains them. */
const secrets = [1, 2].map(() => `s3cret-${randomBytes(12).toString("hex")}`) as [string, string];
/** The secrets as they are, and in base64 from each of the three offsets. */
const disguises = secrets.flatMap((secret) => [
  secret,
  ...[0, 1, 2].map((at) => Buffer.from(secret.slice(at)).toString("base64").slice(0, 16)),
]);

story("`npx pulumi config set --secret` for a variable of the container", () => {
  beginsDeployed();
  after("put the config back", () => deployStandard());

  it("gives it to the container, and shows it nowhere", async () => {
    const outputs: string[] = [];
    for (const [index, secret] of secrets.entries()) {
      outputs.push(await succeeds(`npx pulumi config set --secret --path env.TOKEN ${secret}`));
      const up = index === 0 ? `npm run up -- --stack ${STACK}` : "npx pulumi up --yes --diff";
      outputs.push(await succeeds(up));
      assert.equal(await token(), secret);
    }
    outputs.push(await succeeds("npx pulumi preview --diff"), await succeeds("npx pulumi stack export"));
    outputs.push(await succeeds("npx pulumi config"), await succeeds(`npm run status -- --stack ${STACK}`));
    assert.deepEqual(outputs.flatMap(found), []);
  });

  it("keeps it out of the stack's files: its config, its state, and the history of both", async () => {
    const files = await filesBelow(places.backend);
    assert.ok(files.some((file) => file.includes("history")));
    for (const file of [...files, join(places.checkout, `Pulumi.${STACK}.yaml`)])
      assert.deepEqual(found(await readFile(file, "latin1")), [], file);
  });
});

function found(text: string): string[] {
  return disguises.filter((disguise) => text.includes(disguise));
}

/** What the container reads: the variable's value is in a Secret, which the Deployment names. */
async function token(): Promise<string | undefined> {
  const deployment = await findDeployment();
  const env = deployment?.spec?.template.spec?.containers[0]?.env;
  const { name = "", key = "" } = env?.find(({ name }) => name === "TOKEN")?.valueFrom?.secretKeyRef ?? {};
  const { data } = await core().readNamespacedSecret({ name, namespace: "default" });
  return Buffer.from(data?.[key] ?? "", "base64").toString();
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
