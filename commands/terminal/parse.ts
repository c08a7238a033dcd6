import { CommanderError, type Command, type Option } from "commander";
import { distance } from "fastest-levenshtein";
import { UserError } from "../../common/problem";

/** Options that npm has too. Its variables for them may be npm's own settings. */
const OPTIONS_OF_NPM = ["allow-remote", "json"];
/** The options among them that mean the same for npm and for this project. */
const SHARED_WITH_NPM = ["json"];
/** Misspellings of shorter names aren't recognised: too many other words are similar. */
const SHORTEST_GUESS = 4;

/**
 * Parses the arguments after `npm run <name>`.
 *
 * @param env the environment, in which npm puts the flags that it keeps
 * @throws UserError if the command has no such option, or npm has kept an option
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
      todo: `${command.name()} --help, which lists the options`,
    });
  }
}

/** A flag before `--`, which npm has kept: the option that it names, and its value in npm's variable. */
interface Kept {
  readonly option: Option;
  readonly value: string;
}

/**
 * A flag before `--` never reaches the command: `npm run down --stack=other` would destroy `dev`. npm sets a variable
 * instead. For `--stack other`, the variable is `true` and `other` is an argument.
 */
function refuseKeptByNpm(command: Command, args: readonly string[], env: NodeJS.ProcessEnv): void {
  const variables = Object.entries(env).filter(([name]) => name.startsWith("npm_config_"));
  const kept = command.options.flatMap((option): Kept[] => {
    const found = variables.find(([name]) => names(option, name.slice(11).replaceAll("_", "-")));
    return found === undefined ? [] : [{ option, value: found[1] ?? "" }];
  });
  if (kept.length === 0) return;
  const left = [...args];
  const flags = kept.map((each) => retype(each, left)).filter((flag) => flag !== "");
  throw new UserError({
    what: `npm has kept ${kept.map(({ option }) => `--${nameOf(option)}`).join(" and ")} for itself: a command's flags come after --`,
    where: "the command line, or .npmrc",
    todo: [command.name(), ...flags, ...left].join(" "),
  });
}

/** Whether npm's key names an option. npm completes `--to` to its own option that begins so. A flag may be misspelt. */
function names(option: Option, key: string): boolean {
  const name = nameOf(option);
  if (OPTIONS_OF_NPM.includes(name)) return false;
  return key.startsWith(name) || (name.length >= SHORTEST_GUESS && distance(key, name) === 1);
}

/** The flag as it should be typed. If its value is among the arguments that are left, it is taken from there. */
function retype({ option, value }: Kept, left: string[]): string {
  const name = nameOf(option);
  if (!option.required) return value !== "" ? `--${name}` : option.negate ? `--no-${name}` : "";
  if (value !== "true" && value !== "") return `--${name} ${value}`;
  const word = left[0]?.startsWith("-") === false ? left.shift() : /<.*>/.exec(option.flags)?.[0];
  return `--${name} ${word}`;
}

function has(command: Command, name: string): boolean {
  return command.options.some((option) => nameOf(option) === name);
}

/** An option's name without `no-`: `follow` for `--no-follow`. */
function nameOf(option: Option): string {
  return option.name().replace(/^no-/, "");
}
