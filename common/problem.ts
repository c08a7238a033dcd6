import { printableLines } from "./printable";

/**
 * A problem for a person to read and act on. Each part is one sentence or less.
 *
 * - `what`: what is wrong, naming the value.
 * - `where`: the file, key or command that the problem comes from.
 * - `allowed`: what would have been accepted.
 * - `todo`: the one thing to do next.
 */
export interface Problem {
  readonly what: string;
  readonly where?: string;
  readonly allowed?: string;
  readonly todo: string;
}

/** Formats problems for a terminal, each part on its own line. */
export function describe(problems: readonly Problem[]): string {
  return problems.map(describeOne).join("\n");
}

function describeOne({ what, where, allowed, todo }: Problem): string {
  const parts = [what];
  if (where !== undefined) parts.push(`  where:   ${where}`);
  if (allowed !== undefined) parts.push(`  allowed: ${allowed}`);
  parts.push(`  do:      ${todo}`);
  return printableLines(parts.join("\n"));
}

/**
 * An error for a person to read. Only its message is shown. Every other error is a bug, and is shown with its stack.
 */
export class UserError extends Error {
  readonly problems: readonly Problem[];

  constructor(...problems: Problem[]) {
    super(describe(problems));
    this.name = "UserError";
    this.problems = problems;
  }
}
