import { basename, join } from "node:path";
import { deploymentName, STABLE } from "../../cluster/objects/workload";
import { ROOT } from "../../common/root";
import type { Config } from "../../infra/config";
import { DEV_SESSION, type DevSession } from "../../infra/config/dev-session";
import { bundle } from "../../infra/image/bundle";
import { commandOf } from "../../infra/image/dockerfile";
import type { Sources } from "../../infra/image/build-context";
import type { Say } from "../../toolchain/step";
import { deploy } from "../deploy/engine";
import { updateLocked, type Deployable } from "../deploy/deployable";
import type { SupervisorSettings } from "./supervisor";

/** The port of a pod's loopback at which its supervisor takes code. */
export const CONTROL_PORT = 39_229;

/** How a service's released code is started, in the terms of Node.js. */
export type NodeCommand = Pick<SupervisorSettings, "nodeOptions" | "file" | "args">;

/**
 * How the service's code is started. Undefined if new code can't be brought into its pods: it isn't bundled into one
 * `main.js`, or its command isn't `node … main.js …`.
 */
export function nodeCommandOf(
  { bundled, dockerfileText }: Pick<Sources, "bundled" | "dockerfileText">,
  { command, args, build }: Pick<Config, "command" | "args" | "build">,
): NodeCommand | undefined {
  const words = command
    ? [...command, ...(args ?? [])]
    : args
      ? undefined
      : commandOf(dockerfileText, build.target);
  const at = words?.findIndex((word) => basename(word) === "main.js") ?? -1;
  if (!bundled || words === undefined || at < 1 || basename(words[0] ?? "") !== "node") return undefined;
  return { nodeOptions: words.slice(1, at), file: words[at]!, args: words.slice(at + 1) };
}

/** The command of the pods while a session lasts. */
export async function supervisorCommand(node: NodeCommand, config: Config): Promise<string[]> {
  const { code } = await bundle(join(ROOT, "commands", "dev", "supervisor.ts"));
  const settings: SupervisorSettings = {
    ...node,
    readyPath: "http" in config.ready ? config.ready.http : undefined,
    startSeconds: config.startSeconds,
    controlPort: CONTROL_PORT,
  };
  return ["node", "-e", Buffer.from(code).toString(), JSON.stringify(settings)];
}

/**
 * Updates the stack's Deployment, and nothing else, to the release that is deployed, with pods that differ as the session
 * says. The engine's state stays true: any update that isn't told of the session ends it.
 */
export async function updatePods(deployable: Deployable, pod: DevSession["pod"], say: Say): Promise<void> {
  const { stack, config } = deployable;
  const { release, releases } = await stack.workspace.stackOutputs(stack.name);
  const ofTracks = { [STABLE]: release?.value as string, ...(releases?.value as DevSession["releases"]) };
  const target = [`**kubernetes:apps/v1:Deployment::${deploymentName(config.name, STABLE)}`];
  const { envVars } = stack.workspace;
  envVars[DEV_SESSION] = JSON.stringify({ releases: ofTracks, pod } satisfies DevSession);
  try {
    await updateLocked(deployable, say, () => deploy(stack, say, { target }));
  } finally {
    delete envVars[DEV_SESSION];
  }
}
