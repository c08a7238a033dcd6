import { Listr, PRESET_TIMER } from "listr2";
import type { RunStep, Say } from "../../toolchain/step";

/** How often a long step prints its progress to a log, in milliseconds. A terminal shows every line. */
const LOG_EVERY_MS = 15_000;

/** Runs a step and shows it: as a live line on a terminal, as plain lines in a log. @throws what the step throws */
export const runStep: RunStep = async (title, step, outcome) => {
  const live = process.stdout.isTTY;
  let result: Awaited<ReturnType<typeof step>> | undefined;
  const list = new Listr(
    {
      title,
      task: async (_, task) => {
        const show = (line: string) => {
          task.output = line;
        };
        const { say, end } = live ? { say: show, end: () => {} } : heartbeat(title, show);
        try {
          result = await step(say);
          const shown: unknown = outcome === undefined ? result : outcome(result);
          if (typeof shown === "string") task.title = `${title}: ${shown}`;
        } catch (error) {
          throw new SeeBelow(error);
        } finally {
          end();
        }
      },
    },
    {
      renderer: (live ? "default" : "simple") as "default",
      rendererOptions: { timer: PRESET_TIMER, collapseErrors: false, showErrorMessage: false },
      registerSignalListeners: false,
    },
  );
  try {
    await list.run();
  } catch (error) {
    throw error instanceof SeeBelow ? error.cause : error;
  }
  return result as Awaited<ReturnType<typeof step>>;
};

/** Prints a line that belongs to no step. */
export const notice: Say = (line) => console.error(line);

/** A step's line shows only this of an error. The error itself is printed below. */
class SeeBelow extends Error {
  constructor(cause: unknown) {
    super("see below", { cause });
  }
}

/** For a log: prints every notice at once, and the newest line regularly, with the elapsed time. */
function heartbeat(title: string, show: (line: string) => void): { say: Say; end: () => void } {
  const started = Date.now();
  let newest = "running";
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
