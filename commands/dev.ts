import { Command } from "commander";
import { connectCluster } from "../cluster";
import { readEnvironment } from "../cluster/connection/environment";
import { UserError } from "../common/problem";
import { ROOT } from "../common/root";
import { DEFAULT_STACK } from "../common/stack-hints";
import { findSources, prepareContext } from "../infra/image/build-context";
import { preparePulumi, whilePreparing } from "../toolchain";
import { readDeployed } from "./deployed";
import { release, releaseSaves } from "./dev/release-saves";
import { Saves } from "./dev/saves";
import { serveSaves } from "./dev/serve-saves";
import { nodeCommandOf } from "./dev/session";
import { openStack } from "./state/stack";
import { onInterrupt } from "./terminal/interrupt";
import { notice, runStep } from "./terminal/steps";
import { readNumber } from "./terminal/values";

/** The port that debuggers try by default. */
const INSPECTOR_PORT = 9229;

export const command = new Command("npm run dev --")
  .description("Serves each save of the service's code from the running pods. Ctrl-C puts the release back.")
  .option("--stack <name>", "the stack whose pods they are; it has to be deployed", DEFAULT_STACK)
  .option("--keep", "leave the last save in the pods, until the next npm run up", false)
  .option("--inspect [port]", `open one pod's inspector at this port of 127.0.0.1, else ${INSPECTOR_PORT}`);

interface Options {
  readonly stack: string;
  readonly keep: boolean;
  readonly inspect?: string | true;
}

export async function run({ stack: name, keep, inspect }: Options): Promise<void> {
  const inspectorPort = portIn(inspect);
  const deployed = await readDeployed(name);
  const { machine, config } = deployed;
  const cluster = await connectCluster(config, readEnvironment(machine.env));
  let sources = await findSources(ROOT, config);
  const saves = await Saves.of(sources.bundled ? sources.service : sources.context);
  const pulumi = await whilePreparing(machine, notice, () => preparePulumi(machine, runStep));
  const stack = await openStack(machine, pulumi, name, () => {});
  const interrupted = new Promise<"interrupted">((resolve) => onInterrupt(() => resolve("interrupted")));
  for (;;) {
    const session = { machine, config, cluster, deployed, stack, sources, saves, interrupted };
    const node = nodeCommandOf(sources, config);
    if (node === undefined && inspectorPort !== undefined) throw notNode();
    const ended =
      node === undefined
        ? await releaseSaves(session)
        : await serveSaves(session, node, { keep, inspectorPort });
    if (ended === "interrupted") return;
    const context = await prepareContext(ROOT, config);
    await release(session, context, performance.now(), "The new Dockerfile");
    sources = await findSources(ROOT, config);
  }
}

function portIn(given: string | true | undefined): number | undefined {
  return given === true ? INSPECTOR_PORT : readNumber("npm run dev", "--inspect", given, [1, 65_535]);
}

function notNode(): UserError {
  return new UserError({
    what: "--inspect needs a service that is bundled into main.js and started by node.",
    where: "stack config, keys bundle and command; the Dockerfile's ENTRYPOINT",
    todo: "npm run dev, which deploys each save as a release",
  });
}
