import { basename, join } from "node:path";
import { deploymentName, STABLE } from "../../cluster/objects/workload";
import { ROOT } from "../../common/root";
import type { Config } from "../../infra/config";
import { DEV_SESSION, type DevSession } from "../../infra/config/dev-session";
import { bundle } from "../../infra/image/bundle";
import { commandOf } from "../../infra/image/dockerfile";
import type { Sources } from "../../infra/image/build-context";
import type { Say } from "../../toolchain/step";
import { updateLocked, type Deployable } from "../deploy/deployable";
import { deploy } from "../deploy/engine";
import type { Deployed } from "../deployed";
import type { Saves } from "./saves";
import type { SupervisorSettings } from "./supervisor";

/** The port of a pod's loopback on which the supervisor receives code. */
export const CONTROL_PORT = 39_229;

/** How often the pods are checked if nothing is saved, in milliseconds. */
export const CHECK_MS = 1_000;

/** A session of `npm run dev`: a deployed stack, and the saves of its service's code. */
export interface Session extends Deployable {
  readonly deployed: Deployed;
  readonly sources: Sources;
  readonly saves: Saves;
  /** Resolves on Ctrl-C. */
  readonly interrupted: Promise<"interrupted">;
}

/** Why the saves are no longer served. */
export type SessionEnd = "interrupted" | "Dockerfile changed";

/** The command of a service's released code, in the terms of Node.js. */
export type NodeCommand = Pick<SupervisorSettings, "nodeOptions" | "file" | "args">;

/**
 * Finds the command of the service's released code. Undefined if its pods can't take new code: the service isn't bundled
 * into one `main.js`, or its command isn't `node … main.js …`.
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

/** The command of the pods during a session. */
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
 * Updates the stack's Deployment, and nothing else: its pods run the same release as before, in the way that the session
 * needs. The engine's state stays correct, so any other update ends the session.
 */
export async function updatePods(deployable: Deployable, pod: DevSession["pod"], say: Say): Promise<void> {
  const { stack, config } = deployable;
  const { release, releases } = await stack.workspace.stackOutputs(stack.name);
  const byTrack = { [STABLE]: release?.value as string, ...(releases?.value as DevSession["releases"]) };
  const target = [`**kubernetes:apps/v1:Deployment::${deploymentName(config.name, STABLE)}`];
  const { envVars } = stack.workspace;
  envVars[DEV_SESSION] = JSON.stringify({ releases: byTrack, pod } satisfies DevSession);
  try {
    await updateLocked(deployable, say, () => deploy(stack, say, { target }));
  } finally {
    delete envVars[DEV_SESSION];
  }
}
