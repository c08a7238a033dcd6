import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Server } from "node:net";
import { join } from "node:path";
import type { KubeConfig } from "@kubernetes/client-node";
import { reasonOf } from "../../cluster/connection/kubernetes-client";
import { forwardPort } from "../../cluster/connection/port-forward";
import { workloadOf } from "../../cluster/objects/workload";
import { UserError } from "../../common/problem";
import { openBundler, type Bundler } from "../../infra/image/bundle";
import { runStep } from "../terminal/steps";
import { announce, followLogs, secondsSince } from "./output";
import { CodeRefused, DevPods, type Code } from "./pods";
import {
  CHECK_MS,
  supervisorCommand,
  updatePods,
  type NodeCommand,
  type Session,
  type SessionEnd,
} from "./session";

interface Options {
  /** Whether the pods keep the last code after the session. */
  readonly keep: boolean;
  /** The port of this machine's loopback that leads to one pod's inspector; undefined for no inspector. */
  readonly inspectorPort: number | undefined;
}

/** Serves each save from the running pods until Ctrl-C. Then the pods run the release again, unless `keep` is set. */
export async function serveSaves(session: Session, node: NodeCommand, options: Options): Promise<SessionEnd> {
  const { keep, inspectorPort } = options;
  const pod = {
    command: await supervisorCommand(node, session.config),
    debuggable: inspectorPort !== undefined,
  };
  const bundler = await openBundler(join(session.sources.service, "main.ts"), inspectorPort !== undefined);
  let end: SessionEnd | undefined;
  try {
    await runStep("Pods that take code", (say) => updatePods(session, pod, say));
    end = await Promise.race([sendSaves(session, bundler, inspectorPort), session.interrupted]);
    return end;
  } finally {
    await bundler.close();
    if (end === "interrupted" && keep) announce("The pods keep this code until the next npm run up.");
    else if (end !== "Dockerfile changed") {
      await runStep("The release in its pods", (say) => updatePods(session, {}, say));
    }
  }
}

async function sendSaves(
  session: Session,
  bundler: Bundler,
  inspectorPort: number | undefined,
): Promise<SessionEnd> {
  const { cluster, deployed, config, sources, saves } = session;
  const inspect = inspectorPort !== undefined;
  const { client, api } = cluster;
  const pods = new DevPods(client, api.apis, workloadOf(config), inspect);
  const inspector = inspect ? await openInspector(inspectorPort, client, pods) : undefined;
  await followLogs(api.apis, deployed);
  try {
    let served: Code | undefined;
    let savedAt: number | undefined;
    let code = await compile(bundler);
    for (;;) {
      if (code !== undefined && (await send(pods, code, savedAt))) served = code;
      savedAt = await saves.next(CHECK_MS);
      if (savedAt !== undefined && (await isChanged(sources))) return "Dockerfile changed";
      code = savedAt === undefined ? served : await compile(bundler);
    }
  } finally {
    inspector?.close();
  }
}

/** @throws UserError if the port is taken */
function openInspector(port: number, client: KubeConfig, pods: DevPods): Promise<Server> {
  const local = { port, another: `npm run dev -- --inspect ${port + 1}` };
  return forwardPort(local, client, () => pods.inspectors);
}

/** Compiles the code. Prints the error and returns undefined if that fails. */
async function compile(bundler: Bundler): Promise<Code | undefined> {
  try {
    const { code: bytes, warnings } = await bundler.bundle();
    for (const warning of warnings) announce(warning);
    return { version: `dev-${createHash("sha256").update(bytes).digest("hex").slice(0, 8)}`, bytes };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    announce(error.message);
    return undefined;
  }
}

/**
 * Sends code to the pods that don't serve it, and prints the result.
 *
 * @param savedAt undefined if the pods serve the code already, except for new pods
 * @returns false if a pod has refused the code
 * @throws UserError if another update has ended the session
 */
async function send(pods: DevPods, code: Code, savedAt: number | undefined): Promise<boolean> {
  try {
    const { updated, unreachable } = await pods.update(code);
    const since = savedAt === undefined ? "" : `, ${secondsSince(savedAt)} s after the save`;
    if (updated > 0) announce(`${code.version} is served by ${count(updated)}${since}`);
    if (unreachable > 0 && savedAt !== undefined) announce(`${count(unreachable)} can't be reached yet`);
    return true;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const refused = error instanceof CodeRefused;
    announce(`${code.version} isn't served: ${refused ? error.message : reasonOf(error)}`);
    return !refused;
  }
}

function count(pods: number): string {
  return pods === 1 ? "1 pod" : `${pods} pods`;
}

/** Whether the Dockerfile has changed. One that is being written can't be read: it is read again after the next save. */
async function isChanged({ dockerfile, dockerfileText }: Session["sources"]): Promise<boolean> {
  return (await readFile(dockerfile, "utf8").catch(() => dockerfileText)) !== dockerfileText;
}
