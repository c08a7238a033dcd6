import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Command } from "commander";
import { UserError } from "../common/problem";
import { readEnvironment } from "../cluster/connection/environment";
import { findProfile } from "../cluster/kinds/minikube/find-profile";
import { find } from "../toolchain/acquire";
import { canReachRegistry } from "../toolchain/cluster/registry";
import { hostTools } from "../toolchain/tools";
import { readDeployed } from "./deployed";
import { onInterrupt } from "./terminal/interrupt";
import { DEFAULT_STACK } from "../common/stack-hints";

/** The registry with the images of minikube's dashboard. */
const REGISTRY = "registry-1.docker.io";

export const command = new Command("npm run dashboard --")
  .description("Opens minikube's dashboard of the stack's cluster, until Ctrl-C.")
  .option("--stack <name>", "the stack whose cluster it is", DEFAULT_STACK);

export async function run({ stack }: { stack: string }): Promise<number> {
  const { machine, config } = await readDeployed(stack);
  const profile = await findProfile(config, readEnvironment(machine.env));
  if (profile === undefined) {
    throw new UserError({
      what: `The cluster ${config.context} is not one of minikube's, so it has no minikube dashboard`,
      todo: "npm run status",
    });
  }
  const minikube = await find(hostTools.minikube, machine);
  if (typeof minikube === "string") {
    throw new UserError({
      what: `minikube is missing (${minikube})`,
      todo: "npm run up, which installs it",
    });
  }
  if (!(await canReachRegistry(REGISTRY, "once"))) {
    throw new UserError({
      what: `minikube's dashboard can't be opened: its images are at ${REGISTRY}, which can't be reached`,
      todo: "npm run status, which needs no image; or connect this machine to that registry",
    });
  }
  const args = ["dashboard", "-p", profile];
  const child = spawn(join(minikube.dir, "minikube"), args, { stdio: "inherit", env: machine.env });
  // Ctrl-C is the usual end. A terminal sends it to minikube too.
  onInterrupt(() => child.kill());
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 0;
}
