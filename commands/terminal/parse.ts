import { CommanderError, type Command, type Option } from "commander";
import { distance } from "fastest-levenshtein";
import { UserError } from "../../common/problem";

/** Options that npm has as well: npm's variables for them are npm's own settings. */
const OPTIONS_OF_NPM = ["allow-remote", "json"];
/** Those of them that mean the same for npm and for us. */
const SHARED_WITH_NPM = ["json"];
/** For shorter names, a misspelling isn't recognised: too many other words are similar. */
const SHORTEST_GUESS = 4;

/**
 * Reads what was typed behind `npm run <name>`.
 *
 * @param env the environment, where npm puts the flags that it has kept
 * @throws UserError if the command has no such options, or npm has kept one of them
 */
export function parse(command: Command, args: readonly string[], env: NodeJS.ProcessEnv): object {
  refuseKeptByNpm(command, args, env);
  const shared = SHARED_WITH_NPM.filter((name) => has(command, name) && env[`npm_config_${name}`] === "true");
  command.exitOverride().configureOutput({ writeErr: () => {} });
  try {
    command.parse([...args, ...shared.map((name) => `--${name}`)], { from: "user" });
    const named = command.registeredArguments.map((each, index) => [each.name(), command.args[index]]);
    return { ...command.opts(), ...(Object.fromEntries(named) as object) };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) process.exit(0); // the help has been printed
    throw new UserError({
      what: error.message.replace(/^error: /, ""),
      todo: `${command.name()} --help, which lists what there is`,
    });
  }
}

/** A flag in front of `--`, which npm has kept: the option that was meant, and its value as npm has it. */
interface Kept {
  readonly option: Option;
  readonly value: string;
}

/**
 * A flag in front of `--` never reaches the command: `npm run down --stack=other` would destroy `dev`. npm passes it
 * on as a variable, and for `--stack other` that is `true`, with `other` as an argument.
 */
function refuseKeptByNpm(command: Command, args: readonly string[], env: NodeJS.ProcessEnv): void {
  const variables = Object.entries(env).filter(([name]) => name.startsWith("npm_config_"));
  const kept = command.options.flatMap((option): Kept[] => {
    const meant = variables.find(([name]) => isMeant(option, name.slice(11).replaceAll("_", "-")));
    return meant === undefined ? [] : [{ option, value: meant[1] ?? "" }];
  });
  if (kept.length === 0) return;
  const left = [...args];
  const flags = kept.map((each) => retype(each, left)).filter((flag) => flag !== "");
  throw new UserError({
    what: `npm has kept ${kept.map(({ option }) => `--${nameOf(option)}`).join(" and ")} for itself: flags of a command come after --`,
    where: "the command line, or .npmrc",
    todo: [command.name(), ...flags, ...left].join(" "),
  });
}

/** npm expands `--to` to the one option of its own that begins so; and a flag may be misspelt. */
function isMeant(option: Option, key: string): boolean {
  const name = nameOf(option);
  if (OPTIONS_OF_NPM.includes(name)) return false;
  return key.startsWith(name) || (name.length >= SHORTEST_GUESS && distance(key, name) === 1);
}

/** The flag as it should have been typed. If npm left its value over, the value is taken from there. */
function retype({ option, value }: Kept, left: string[]): string {
  const name = nameOf(option);
  if (!option.required) return value !== "" ? `--${name}` : option.negate ? `--no-${name}` : "";
  const isThere = value !== "true" && value !== "";
  if (isThere) return `--${name} ${value}`;
  const word = left[0]?.startsWith("-") === false ? left.shift() : /<.*>/.exec(option.flags)?.[0];
  return `--${name} ${word}`;
}

function has(command: Command, name: string): boolean {
  return command.options.some((option) => nameOf(option) === name);
}

/** `follow` for `--no-follow`. */
function nameOf(option: Option): string {
  return option.name().replace(/^no-/, "");
}
