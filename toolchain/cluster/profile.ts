import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { writeAtomically } from "../../common/atomic-write";
import { UserError } from "../../common/problem";
import type { Machine } from "../machine";
import { findContainer, refuseForeignContainer } from "./node-container";

const PROJECT = "koa-on-minikube";

/**
 * A label for the node's Docker daemon. minikube keeps the flag in the profile's config. It marks the profiles that
 * `npm run up` began to create, in contrast to others with the same name.
 */
export const MARK = `label=made-by=${PROJECT}`;

/** The part of minikube's ClusterConfig that describes the profile's creation (pkg/minikube/config/types.go). */
const clusterConfig = z.object({
  Driver: z.string().default(""),
  KicBaseImage: z.string().default(""),
  DockerOpt: z.array(z.string()).nullish(),
  Addons: z.record(z.string(), z.boolean()).nullish(),
  Nodes: z.array(z.object({ Name: z.string().default("") })).nullish(),
});

/** A profile, as minikube's config describes it. */
export interface Profile {
  readonly name: string;
  readonly driver: string;
  readonly nodeImage: string;
  /** Whether `npm run up` began to create the profile. */
  readonly begunHere: boolean;
  /** Whether a `minikube start` has ever completed: only then does minikube store the addons. */
  readonly everStarted: boolean;
  /** minikube's names of the nodes. The first is empty. */
  readonly nodes: readonly string[];
}

/** Whether minikube knows a profile of this name. */
export function profileExists(machine: Machine, name: string): boolean {
  return existsSync(join(folderOf(machine, name), "config.json"));
}

/** Reads a profile. Undefined if it doesn't exist. With an unreadable config, it counts as somebody else's. */
export function readProfile(machine: Machine, name: string): Profile | undefined {
  if (!profileExists(machine, name)) return undefined;
  const { data } = clusterConfig.safeParse(readJson(join(folderOf(machine, name), "config.json")));
  return {
    name,
    driver: data?.Driver ?? "",
    nodeImage: data?.KicBaseImage ?? "",
    begunHere: data?.DockerOpt?.includes(MARK) ?? false,
    everStarted: Object.keys(data?.Addons ?? {}).length > 0,
    nodes: data?.Nodes?.map(({ Name }) => Name) ?? [""],
  };
}

/** This project's file in a profile's folder. It says that `npm run up` has created and completely started this node. */
const note = z.object({
  madeBy: z.literal(PROJECT),
  /** The id of the node's container. */
  node: z.string().optional(),
  /** Earlier versions wrote this instead of the id. */
  complete: z.boolean().optional(),
});

/** Whether `npm run up` began to create this profile, and no `minikube start` of it has completed. */
export function isUnfinished({ begunHere, everStarted }: Profile): boolean {
  return begunHere && !everStarted;
}

/**
 * Whether `npm run up` made this profile and its node. If somebody made a node with the same name later, its container has
 * another id. If somebody else completed the first start, there is no note.
 */
export async function isMadeHere(machine: Machine, name: string): Promise<boolean> {
  const profile = readProfile(machine, name);
  if (profile === undefined) return false;
  if (isUnfinished(profile)) return true;
  const { data } = note.safeParse(readJson(noteOf(machine, name)));
  if (data === undefined) return false;
  if (data.node === undefined) return data.complete === true;
  const container = await findContainer(machine, name);
  return container === undefined || container.id === data.node;
}

/**
 * Refuses to delete a profile that `npm run up` didn't make, or whose container belongs to somebody else.
 *
 * @throws UserError
 */
export async function refuseDeletion(machine: Machine, name: string): Promise<void> {
  if (!profileExists(machine, name)) return;
  if (!(await isMadeHere(machine, name))) {
    throw new UserError({
      what: `The minikube profile ${name} was not made by npm run up, so it is not deleted`,
      todo: `run npm run down without --cluster; and minikube delete -p ${name}, if you mean it`,
    });
  }
  const container = await findContainer(machine, name);
  if (container !== undefined) await refuseForeignContainer(machine, name, container);
}

/** Writes the note that `npm run up` made this profile. Called once the profile runs. */
export async function noteMadeHere(machine: Machine, profile: string): Promise<void> {
  const container = await findContainer(machine, profile);
  const text = JSON.stringify({ madeBy: PROJECT, node: container?.id } satisfies z.infer<typeof note>);
  writeAtomically(noteOf(machine, profile), text);
}

/** Undefined if the file doesn't exist or isn't JSON, for example after a power cut. */
function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function folderOf(machine: Machine, profile: string): string {
  return join(machine.minikubeHome, "profiles", profile);
}

function noteOf(machine: Machine, profile: string): string {
  return join(folderOf(machine, profile), `${PROJECT}.json`);
}
