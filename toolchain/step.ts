/**
 * Says what a step is doing right now: one short line, as often as there is something new. A notice is a line
 * that should stay to be read, such as why another way was taken.
 */
export type Say = (line: string, kind?: "progress" | "notice") => void;

/**
 * Runs one step of a command: shows its title and what it says while it runs, then its outcome.
 *
 * @returns what the step returns
 */
export type RunStep = <T>(
  title: string,
  step: (say: Say) => Promise<T>,
  /** What to show behind the title when the step is done. */
  outcome?: (result: T) => string,
) => Promise<T>;
