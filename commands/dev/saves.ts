import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { watch } from "chokidar";

/** Changes within this time after the first one belong to the same save, in milliseconds. */
const SAME_SAVE_MS = 30;
/** Large folders in which nobody edits anything. */
const IGNORED = /(^|[/\\])(node_modules|\.git)([/\\]|$)/;

/** The saves in a folder and its subfolders. */
export class Saves {
  readonly #events = new EventEmitter();
  #savedAt: number | undefined;

  /** Begins to watch a folder. */
  static async of(folder: string): Promise<Saves> {
    const ignored = (path: string) => IGNORED.test(path.slice(folder.length));
    const watcher = watch(folder, { ignored, ignoreInitial: true });
    const saves = new Saves();
    // "all" lacks a second change of a file within 50 ms. "raw" lacks changes that polling finds.
    watcher.on("all", () => saves.#record()).on("raw", () => saves.#record());
    await once(watcher, "ready");
    return saves;
  }

  /**
   * Waits for a save that no earlier call has returned.
   *
   * @param withinMs how long to wait, in milliseconds
   * @returns its time, in milliseconds of `performance.now()`; undefined if there is none in time
   */
  async next(withinMs: number): Promise<number | undefined> {
    if (this.#savedAt === undefined) {
      await once(this.#events, "save", { signal: AbortSignal.timeout(withinMs) }).catch(() => {});
    }
    if (this.#savedAt === undefined) return undefined;
    await sleep(SAME_SAVE_MS);
    const savedAt = this.#savedAt;
    this.#savedAt = undefined;
    return savedAt;
  }

  #record(): void {
    this.#savedAt ??= performance.now();
    this.#events.emit("save");
  }
}
