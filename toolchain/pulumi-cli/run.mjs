#!/usr/bin/env node
// `npx pulumi` starts this file. It runs the pinned Pulumi CLI in Pulumi's home, where `npm run up` and the Automation API
// install it. The npm package `pulumi` does the same, but passes a proxy on to the engine, which then looks for plugins
// and programs on this machine through the proxy.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hideBackendPassword } from "../../common/backend-password.mjs";
import { handOver } from "../../common/hand-over.mjs";
import { runPath } from "../../common/run-path.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));
const root = join(process.env.PULUMI_HOME || join(homedir(), ".pulumi"), "versions", version);
const cli = join(root, "bin", "pulumi");

if (!existsSync(cli)) await install();
// The language host is beside the CLI.
const PATH = [dirname(cli), process.env.PATH ?? ""].join(delimiter);
const PULUMI_LANGUAGE_NODEJS_RUN_PATH = runPath(join(here, "..", ".."));
const args = process.argv.slice(2);
// The program says where the cluster is: after `kubectl config rename-context`, the state's context is gone.
const refresh = ["up", "preview"].includes(args[0]) ? { PULUMI_RUN_PROGRAM: "true" } : {};
const env = hideBackendPassword(process.env);
handOver(cli, args, { env: { PULUMI_LANGUAGE_NODEJS_RUN_PATH, ...refresh, ...env, PATH } });

async function install() {
  console.error(`Installing Pulumi ${version} …`);
  const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  const { default: semver } = await import("semver");
  await PulumiCommand.install({ root, version: semver.parse(version) }).catch((error) => {
    console.error(
      `Pulumi ${version} can't be installed: ${error.message}\n  do:      npm run up, which tries other sources`,
    );
    process.exit(1);
  });
}
