import { Command } from "commander";
import { daemonOf } from "../cluster/connection/docker-command";
import { readEnvironment } from "../cluster/connection/environment";
import { NodeStore } from "../cluster/images/node-store";
import type { ImageStore } from "../cluster/images/store";
import { registryStore } from "../cluster/kinds";
import { writeAtomically } from "../common/atomic-write";
import { ROOT } from "../common/root";
import { DEFAULT_STACK, forStack } from "../common/stack-hints";
import type { Config } from "../infra/config";
import { prepareContext } from "../infra/image/build-context";
import { render } from "../infra/render";
import { readStackFile } from "./state/stack-file";
import { notice } from "./terminal/steps";

export const command = new Command("npm run render --")
  .description("Writes the stack's manifests as YAML, for GitOps. Needs no cluster and changes none.")
  .option("--out <file>", "the file to write; without it, standard output")
  .option("--stack <name>", "the stack whose config is rendered; it needn't be deployed", DEFAULT_STACK);

interface Options {
  readonly out?: string;
  readonly stack: string;
}

export async function run({ out, stack }: Options): Promise<void> {
  const config = readStackFile(ROOT, stack);
  const { tag, warnings } = await prepareContext(ROOT, config);
  const { yaml, notices } = await render(config, tag, await imagesOf(config));
  for (const text of [...warnings, ...notices]) notice(forStack(text, stack));
  if (out === undefined) process.stdout.write(yaml);
  else writeAtomically(out, yaml);
}

async function imagesOf({ name, registry }: Config): Promise<ImageStore> {
  if (registry === undefined) return new NodeStore({ host: "" }, name); // only its names are needed, so no daemon
  const environment = readEnvironment(process.env);
  return registryStore(`${registry}/${name}`, await daemonOf(environment.docker), environment);
}
