/** The stack of a command that names none. */
export const DEFAULT_STACK = "dev";

/** Commands that act on a stack, which in a message is the one that the message is about. */
const COMMAND =
  /(npx pulumi (?:config (?:set|rm)|up|preview|refresh|destroy|cancel)|npm run (?:up|down|status|releases|promote|rollback|logs|load|forward))\b(?!(?: --)? --stack)( --(?= ))?/g;

/** Names the stack in each command of a text. Commands that name none mean the default one. */
export function forStack(text: string, stack: string): string {
  if (stack === DEFAULT_STACK) return text;
  return text.replace(COMMAND, (_, command: string) =>
    command.startsWith("npm") ? `${command} -- --stack ${stack}` : `${command} --stack ${stack}`,
  );
}
