#!/usr/bin/env node
// What `npx pulumi` starts: the pinned Pulumi CLI, from the folder in Pulumi's home that `npm run up` and the Automation
// API install it in. The npm package `pulumi` does the same, but hands a proxy on to the engine, whose plugins and
// programs are then looked for behind that proxy, although they are on this machine.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hideBackendPassword } from "../../common/backend-password.mjs";
import { handOver } from "../../common/hand-over.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const root = join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "versions", version);
const cli = join(root, "bin", "pulumi");

if (!existsSync(cli)) await install();
// The language host is beside the CLI.
const PATH = [dirname(cli), process.env.PATH ?? ""].join(delimiter);
// The program and the SDK in one compiled file: see infra/main.js.
const PULUMI_LANGUAGE_NODEJS_RUN_PATH = join(here, "..", "..", "infra", "main.js");
const args = process.argv.slice(2);
// The program says where the cluster is: after `kubectl config rename-context` the state doesn't know any more.
const refresh = ["up", "preview"].includes(args[0]) ? { PULUMI_RUN_PROGRAM: "true" } : {};
const env = hideBackendPassword(process.env);
handOver(cli, args, { env: { PULUMI_LANGUAGE_NODEJS_RUN_PATH, ...refresh, ...env, PATH } });

async function install() {
  console.error(`Installing Pulumi ${version} …`);
  const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  const { default: semver } = await import("semver");
  await PulumiCommand.install({ root, version: semver.parse(version) }).catch((error) => {
    console.error(
      `Pulumi ${version} can't be installed: ${error.message}\n  do:      npm run up, which has other sources`,
    );
    process.exit(1);
  });
}
