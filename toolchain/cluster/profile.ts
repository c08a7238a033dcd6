import { existsSync, readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Machine } from "../machine";

/**
 * Our note in the folder of a minikube profile that this project made. It goes with the profile, so it can't
 * claim one that somebody made later under the same name.
 */
interface Note {
  readonly madeBy: typeof MADE_BY;
  /** Whether the profile was ever up: one that wasn't holds nothing and may be made anew. */
  readonly complete: boolean;
}

const MADE_BY = "koa-on-minikube";

/** Whether minikube knows a profile of this name. */
export function profileExists(machine: Machine, profile: string): boolean {
  return existsSync(join(folderOf(machine, profile), "config.json"));
}

/** What we know of a profile: made by us and once up, made by us and never up, or not ours. */
export function ownershipOf(machine: Machine, profile: string): "ours" | "unfinished" | "not ours" {
  const note = readNote(noteOf(machine, profile));
  if (note?.madeBy !== MADE_BY) return "not ours";
  return note.complete ? "ours" : "unfinished";
}

/** A note that a power cut left empty claims nothing. */
function readNote(file: string): Note | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Note;
  } catch {
    return undefined;
  }
}

/** Notes that a profile is ours: before it is made, and again once it is up. */
export async function noteProfile(machine: Machine, profile: string, complete: boolean): Promise<void> {
  const note: Note = { madeBy: MADE_BY, complete };
  await mkdir(folderOf(machine, profile), { recursive: true });
  const temporary = `${noteOf(machine, profile)}.new`;
  await writeFile(temporary, JSON.stringify(note));
  await rename(temporary, noteOf(machine, profile));
}

function folderOf(machine: Machine, profile: string): string {
  return join(machine.minikubeHome, "profiles", profile);
}

function noteOf(machine: Machine, profile: string): string {
  return join(folderOf(machine, profile), `${MADE_BY}.json`);
}
