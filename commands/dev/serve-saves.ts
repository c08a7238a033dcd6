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
import { supervisorCommand, updatePods, type NodeCommand } from "./session";
import { LOOK_MS, type Ended, type Work } from "./work";

/** How a session is held. */
export interface SessionOptions {
  /** Whether the pods keep the last code when it ends. */
  readonly keep: boolean;
  /** The port of this machine's loopback at which one pod is inspected; undefined if none is. */
  readonly inspectorPort: number | undefined;
}

/** Brings each save into the pods that run, until Ctrl-C, which puts the release back into them unless they keep the code. */
export async function serveSaves(work: Work, node: NodeCommand, options: SessionOptions): Promise<Ended> {
  const { keep, inspectorPort } = options;
  const pod = {
    command: await supervisorCommand(node, work.config),
    debuggable: inspectorPort !== undefined,
  };
  const bundler = await openBundler(join(work.sources.service, "main.ts"), inspectorPort !== undefined);
  let ended: Ended | undefined;
  try {
    await runStep("Pods that take code", (say) => updatePods(work, pod, say));
    ended = await Promise.race([bringSaves(work, bundler, inspectorPort), work.interrupted]);
    return ended;
  } finally {
    await bundler.close();
    if (ended === "interrupted" && keep) announce("The pods keep this code until the next npm run up.");
    else if (ended !== "Dockerfile changed") {
      await runStep("The release in its pods", (say) => updatePods(work, {}, say));
    }
  }
}

async function bringSaves(work: Work, bundler: Bundler, inspectorPort: number | undefined): Promise<Ended> {
  const { cluster, deployed, config, sources, saves } = work;
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
      if (code !== undefined && (await bring(pods, code, savedAt))) served = code;
      savedAt = await saves.next(LOOK_MS);
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

/** @returns undefined if it doesn't compile, which is announced */
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
 * Brings code into the pods that don't serve it, and announces what came of it.
 *
 * @param savedAt undefined if it serves already, and only pods that are new may lack it
 * @returns whether the code is what the pods are to serve
 * @throws UserError if somebody else has ended the session
 */
async function bring(pods: DevPods, code: Code, savedAt: number | undefined): Promise<boolean> {
  try {
    const { taken, missing } = await pods.bring(code);
    const since = savedAt === undefined ? "" : `, ${secondsSince(savedAt)} s after the save`;
    if (taken > 0) announce(`${code.version} is served by ${count(taken)}${since}`);
    if (missing > 0 && savedAt !== undefined) announce(`${count(missing)} can't be reached yet`);
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

/** A Dockerfile that is just being written is looked at again after the next save. */
async function isChanged({ dockerfile, dockerfileText }: Work["sources"]): Promise<boolean> {
  return (await readFile(dockerfile, "utf8").catch(() => dockerfileText)) !== dockerfileText;
}
