/**
 * Shows what a step is doing: one short line. The next line replaces it, except for a notice, which stays.
 */
export type Say = (line: string, kind?: "progress" | "notice") => void;

/**
 * Runs one step of a command. Shows its title and progress, then its outcome.
 *
 * @returns what the step returns
 */
export type RunStep = <T>(
  title: string,
  step: (say: Say) => Promise<T>,
  /** The text to show after the title when the step is done. By default, it is the result, if that is a text. */
  outcome?: (result: T) => string,
) => Promise<T>;
