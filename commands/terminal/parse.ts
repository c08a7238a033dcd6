import type { Command } from "commander";
import { CommanderError } from "commander";
import { UserError } from "../../common/problem";

/** Reads what was typed behind `npm run <name> --`. @throws UserError if the command has no such options */
export function parse(command: Command, args: readonly string[]): object {
  command.exitOverride().configureOutput({ writeErr: () => {} });
  try {
    return command.parse(args, { from: "user" }).opts();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) process.exit(0); // the help has been printed
    throw new UserError({
      what: error.message.replace(/^error: /, ""),
      todo: `${command.name()} --help, which lists what there is`,
    });
  }
}
