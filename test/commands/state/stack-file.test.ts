import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findStackFile, readStackFile, requireYaml } from "../../../commands/state/stack-file";
import { ROOT } from "../../../common/root";
import { folderWith } from "../../support/folder";
import { refusal } from "../../support/problems";

const project = "name: shop\nruntime: nodejs\n";
const read = (yaml: string) =>
  readStackFile(folderWith({ "Pulumi.yaml": project, "Pulumi.prod.yaml": yaml }), "prod");

describe("a stack's file", () => {
  it("is read as Pulumi reads it, with and without the project's name in front of a key", () => {
    const yaml =
      "config:\n  replicas: 3\n  shop:port: 8080\n  kubernetes:context: x\n  shop:env:\n    DEBUG: true\n    A: '1'\n";
    const config = read(yaml);
    assert.equal(config.tracks[0].replicas, 3);
    assert.equal(config.port, 8080);
    assert.deepEqual(config.env, { DEBUG: "true", A: "1" });
  });

  it("gives the names of secret variables, and no value of any of them", async () => {
    const yaml = "config:\n  shop:env:\n    TOKEN:\n      secure: v1:ciphertext\n    A: plain\n";
    const config = read(yaml);
    assert.deepEqual(config.env, {});
    assert.deepEqual(config.secretEnv, { TOKEN: "", A: "plain" });
    const whole = await refusal(() => read("config:\n  shop:env:\n    secure: v1:ciphertext\n"));
    assert.match(whole, /env is a secret value[^]*config set --path env\.NAME VALUE/);
    assert.match(
      await refusal(() => read("config:\n  port:\n    secure: v1:ciphertext\n")),
      /port was set with --secret/,
    );
  });

  it("must be YAML: the error names the file and the place in it", async () => {
    const folder = folderWith({ "Pulumi.yaml": project, "Pulumi.dev.yaml": "config:\n  replicas: : 3\n" });
    for (const read of [() => readStackFile(folder, "dev"), () => requireYaml(folder, "dev")]) {
      const text = await refusal(read);
      assert.match(
        text,
        /isn't valid YAML: [^]*where: {3}.*\/Pulumi\.dev\.yaml:2:13\n {2}do: {6}fix line 2, then/,
      );
    }
    requireYaml(folder, "prod");
  });

  it("may be empty, and must exist", async () => {
    assert.equal(read("").port, 3000);
    const folder = folderWith({ "Pulumi.yaml": project, "Pulumi.dev.yaml": "" });
    assert.match(
      await refusal(() => readStackFile(folder, "prod")),
      /no .*Pulumi\.prod\.yaml[^]*allowed: dev\n/,
    );
    assert.equal(findStackFile(folder, "prod"), undefined);
  });

  it("docs/Pulumi.prod.yaml is one, for a cluster that isn't minikube's and can pull the image", () => {
    const config = read(readFileSync(join(ROOT, "docs", "Pulumi.prod.yaml"), "utf8"));
    assert.notEqual(config.context, "minikube");
    assert.ok(config.registry);
    assert.deepEqual(
      config.tracks.map(({ name, replicas, autoscale }) => [name, replicas, autoscale?.max]),
      [
        ["stable", 3, 20],
        ["beta", 1, undefined],
      ],
    );
    assert.equal(config.egress?.length, 2);
  });

  it("Pulumi.dev.yaml is one", () => {
    assert.equal(readStackFile(ROOT, "dev").context, "minikube");
  });
});
