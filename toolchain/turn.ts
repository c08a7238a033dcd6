import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Machine } from "./machine";
import type { Say } from "./step";

/** How often a run that waits looks whether it is its turn, in milliseconds. */
const POLL_MS = 500;

/** A run that prepares the machine. When its process began tells it from another that has its number later. */
interface Run {
  readonly pid: number;
  readonly began: string;
  readonly hostname: string;
}

/**
 * Waits until no other run of this project prepares this machine: two would build the same tools twice, and one would
 * take a cluster that the other is just making for one that was given up. However a run ends, its turn ends with it.
 *
 * @returns what ends the turn
 */
export async function takeTurn({ cacheDir }: Pick<Machine, "cacheDir">, say: Say): Promise<() => void> {
  const folder = join(cacheDir, "turns");
  const file = join(folder, `${randomUUID()}.json`);
  const end = () => {
    process.off("exit", end);
    rmSync(file, { force: true });
  };
  for (let told = false; ;) {
    let [other] = othersIn(folder, file);
    if (other === undefined) {
      if (!announce(folder, file)) return () => {};
      [other] = othersIn(folder, file);
      if (other === undefined) {
        process.once("exit", end);
        return end;
      }
      end(); // two at the same moment: neither has it
    } else {
      say(`another run is preparing this machine (pid ${other.pid}): waiting`, told ? "progress" : "notice");
      told = true;
    }
    await sleep(POLL_MS * (0.5 + Math.random()));
  }
}

/** Says that it is our turn, unless somebody else says so too; false in a cache that can't be written to. */
function announce(folder: string, file: string): boolean {
  const run: Run = { pid: process.pid, began: beganAt(process.pid), hostname: hostname() };
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(run));
    renameSync(`${file}.new`, file);
    return true;
  } catch (error) {
    if (["EACCES", "EROFS", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}

/** The runs at work on this machine. What others left when they were killed is taken away. */
function othersIn(folder: string, own: string): Run[] {
  return filesIn(folder).flatMap((file) => {
    const run = file === own ? undefined : readRun(file);
    if (run === undefined || run.hostname !== hostname()) return [];
    const began = beganAt(run.pid);
    if (began !== "" && began === run.began) return [run];
    rmSync(file, { force: true });
    return [];
  });
}

function filesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.map((name) => join(folder, name));
  } catch {
    return []; // nobody has ever announced anything
  }
}

/** Undefined where it has ended meanwhile, or where a power cut left nothing of it. */
function readRun(file: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Run;
  } catch {
    return undefined;
  }
}

/** When a process began, in whatever words `ps` has for it; empty where there is none. */
function beganAt(pid: number): string {
  const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", `${pid}`], { encoding: "utf8" });
  return stdout?.trim() ?? "";
}
