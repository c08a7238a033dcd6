/**
 * Says what a step is doing right now: one short line, as often as there is something new. A notice is a line
 * that should stay to be read, such as why another way was taken.
 */
export type Say = (line: string, kind?: "progress" | "notice") => void;

/** One thing that happens on the way from a bare machine to a served URL. */
export interface Step<Context> {
  readonly title: string;
  /** Does it. What it finds or makes goes into the context. Returns what to show behind the title, if anything. */
  run(context: Context, say: Say): Promise<string | void>;
}
