import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { watch } from "chokidar";

/** Changes that come within this time of the first one belong to the same save, in milliseconds. */
const SETTLE_MS = 30;
/** Large folders in which nobody edits anything. */
const IGNORED = /(^|[/\\])(node_modules|\.git)([/\\]|$)/;

/** The saves below a folder. */
export class Saves {
  #savedAt: number | undefined;
  #wake = () => {};

  /** Watches a folder. Every save after this is noticed. */
  static async of(folder: string): Promise<Saves> {
    const ignored = (path: string) => IGNORED.test(path.slice(folder.length));
    const watcher = watch(folder, { ignored, ignoreInitial: true });
    const saves = new Saves();
    // "all" leaves out a change that comes within 50 ms of another of the same file, "raw" what polling finds.
    watcher.on("all", () => saves.#note()).on("raw", () => saves.#note());
    await once(watcher, "ready");
    return saves;
  }

  /**
   * Waits for a save that hasn't been told yet.
   *
   * @param withinMs how long to wait, in milliseconds
   * @returns when it was, in milliseconds of `performance.now()`; undefined if there was none in time
   */
  async next(withinMs: number): Promise<number | undefined> {
    const waiting = new AbortController();
    const noted = new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#savedAt === undefined) {
      const timeout = sleep(withinMs, undefined, waiting).catch(() => {});
      await Promise.race([noted, timeout]);
      waiting.abort();
    }
    if (this.#savedAt === undefined) return undefined;
    await sleep(SETTLE_MS);
    const savedAt = this.#savedAt;
    this.#savedAt = undefined;
    return savedAt;
  }

  #note(): void {
    this.#savedAt ??= performance.now();
    this.#wake();
  }
}
