/** The stack that a command acts on without --stack. */
export const DEFAULT_STACK = "dev";

/** Commands that act on a stack. */
const COMMAND =
  /(npx pulumi (?:config (?:set|rm)|up|preview|refresh|destroy|cancel)|npm run (?:up|down|status|releases|promote|rollback|logs|load|forward))\b(?!(?: --)? --stack)( --(?= ))?/g;

/** Adds --stack to each command in a message about a stack, unless it is the default stack. */
export function forStack(text: string, stack: string): string {
  if (stack === DEFAULT_STACK) return text;
  return text.replace(COMMAND, (_, command: string) =>
    command.startsWith("npm") ? `${command} -- --stack ${stack}` : `${command} --stack ${stack}`,
  );
}
