import { Listr, PRESET_TIMER, type ListrTask } from "listr2";
import type { Say, Step } from "../../toolchain/step";

/** How often a long step says in a log what it is doing, in milliseconds. A terminal is shown every line. */
const LOG_EVERY_MS = 15_000;

/**
 * Runs the steps one after the other: on a terminal as a live list, in a log as plain lines.
 *
 * @throws what the first step that fails throws; the steps behind it do not run
 */
export async function runSteps<Context>(steps: readonly Step<Context>[], context: Context): Promise<void> {
  const live = process.stdout.isTTY;
  const tasks = steps.map((step) => taskOf(step, live));
  const renderer = {
    rendererOptions: { timer: PRESET_TIMER, collapseErrors: false, showErrorMessage: false },
  };
  const list = new Listr<Context>(tasks, {
    renderer: (live ? "default" : "simple") as "default",
    ...renderer,
    registerSignalListeners: false,
  });
  try {
    await list.run(context);
  } catch (error) {
    throw error instanceof SeeBelow ? error.cause : error;
  }
}

/** What the list shows of an error: it is printed below, once and as a whole. */
class SeeBelow extends Error {
  constructor(cause: unknown) {
    super("see below", { cause });
  }
}

function taskOf<Context>(step: Step<Context>, live: boolean): ListrTask<Context> {
  return {
    title: step.title,
    task: async (context, task) => {
      const show = (line: string) => {
        task.output = line;
      };
      const progress = live ? { say: show, end: () => {} } : heartbeat(step.title, show);
      try {
        const result = await step.run(context, progress.say);
        if (typeof result === "string") task.title = `${step.title}: ${result}`;
      } catch (error) {
        throw new SeeBelow(error);
      } finally {
        progress.end();
      }
    },
  };
}

/** For a log: every notice as it comes, and now and then the newest line with the time that has passed. */
function heartbeat(title: string, show: (line: string) => void): { say: Say; end: () => void } {
  const started = Date.now();
  let newest = "at work";
  const timer = setInterval(() => show(`${title}: ${newest} (${elapsed(started)})`), LOG_EVERY_MS);
  return {
    say: (line, kind) => {
      if (kind === "notice") show(`${title}: ${line}`);
      else newest = line;
    },
    end: () => clearInterval(timer),
  };
}

function elapsed(since: number): string {
  const seconds = Math.round((Date.now() - since) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
