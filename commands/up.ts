import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { readEnvironment } from "../cluster/connection/environment";
import { findProfileToStart } from "../cluster/kinds/minikube/find-profile";
import { ROOT } from "../common/root";
import { prepareCluster, preparePulumi, whilePreparing } from "../toolchain";
import { baseImageIn } from "../toolchain/cluster";
import { readMachine } from "../toolchain/machine";
import { updateStack, waitForUrl } from "./deploy";
import { openStack, readConfig } from "./state/stack";
import { notice, runStep } from "./terminal/steps";

export const command = new Command("npm run up --")
  .description(
    "From a bare machine to a served URL: tools, cluster, stack. What is there already is left as it is.",
  )
  .option("--stack <name>", "the stack to create or update", "dev");

export async function run({ stack: name }: { stack: string }): Promise<void> {
  const machine = readMachine();
  const { stack, config, toolFolder } = await whilePreparing(machine, notice, async () => {
    const pulumi = await preparePulumi(machine, runStep);
    const stack = await runStep(
      "Stack",
      (say) => openStack(machine, pulumi, name, say),
      () => name,
    );
    const config = await readConfig(stack);
    const profile = await findProfileToStart(config.context, readEnvironment(machine.env));
    const request = { profile, nodePort: config.nodePort };
    const toolFolder = await prepareCluster(machine, request, baseImageOf(config.service), runStep);
    return { stack, config, toolFolder };
  });
  const url = await updateStack({ machine, stack, config }, runStep);
  await waitForUrl(url, config, runStep);
  if (toolFolder !== undefined) {
    console.log(`\nFor minikube and kubectl in this shell: export PATH="${toolFolder}:$PATH"`);
  }
  console.log(`\n${url}`);
}

/** Undefined if there is no Dockerfile: the program says what to do about that. */
function baseImageOf(service: string): string | undefined {
  const dockerfile = resolve(ROOT, service, "Dockerfile");
  return existsSync(dockerfile) ? baseImageIn(readFileSync(dockerfile, "utf8")) : undefined;
}
