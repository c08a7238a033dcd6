import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { Command } from "commander";
import { commands } from "../../commands";
import { UserError } from "../../common/problem";
import { parse } from "../../commands/terminal/parse";
import { folderWith } from "../support/folder";

const loaded = new Map<string, Command>();

/** A command of ours. */
function load(name: string): Command {
  const command = loaded.get(name);
  assert.ok(command, name);
  return command;
}

/** How npm itself passes flags in front of `--` to a command: its variables, and the remaining arguments. */
function passThroughNpm(...flags: readonly string[]): { env: NodeJS.ProcessEnv; args: string[] } {
  const script = `node -e "console.log(JSON.stringify({ env: process.env, args: process.argv.slice(1) }))"`;
  const output = execFileSync("npm", ["run", "--silent", "show", ...flags], {
    cwd: folderWith({ "package.json": JSON.stringify({ scripts: { show: script } }) }),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(output) as { env: NodeJS.ProcessEnv; args: string[] };
}

/** The last line of the error: what to type. */
function advice(name: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  try {
    parse(load(name), args, env);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return error.problems[0]?.todo ?? "";
  }
  throw new assert.AssertionError({ message: `npm run ${name} has accepted ${args.join(" ")}` });
}

describe("the options of a command", function () {
  this.timeout(30_000);
  before("load them", async () => {
    for (const [name, module] of Object.entries(commands)) loaded.set(name, (await module()).command);
  });

  it("are those after --", () => {
    assert.deepEqual(parse(load("down"), ["--stack", "other"], {}), { stack: "other", cluster: false });
    assert.deepEqual(parse(load("logs"), ["--no-follow"], {}), { stack: "dev", follow: false, raw: false });
  });

  it("are refused if there is no such option, or if words are left over", () => {
    for (const args of [["--stak", "other"], ["other"], ["--stack"]]) {
      assert.equal(advice("down", args, {}), "npm run down -- --help, which lists the options");
    }
  });

  it("are refused if npm has kept them, with what to type", () => {
    const { env, args } = passThroughNpm("--cluster", "--stack=other");
    assert.equal(advice("down", args, env), "npm run down -- --stack other --cluster");
    assert.equal(advice("up", args, env), "npm run up -- --stack other");
    assert.deepEqual(parse(load("lint"), args, env), {}, "it has no such options");
  });

  it("are refused if npm has kept the flag and left over its value", () => {
    const { env, args } = passThroughNpm("--stack", "other", "--", "--cluster");
    assert.equal(advice("down", args, env), "npm run down -- --stack other --cluster");
  });

  it("are refused if npm read them as its own options, negated, or misspelt", () => {
    const { env, args } = passThroughNpm("--to=4f2a", "--no-follow", "--stak=other", "--since");
    assert.equal(advice("rollback", args, env), "npm run rollback -- --to 4f2a --stack other");
    assert.equal(advice("logs", args, env), "npm run logs -- --stack other --since <time> --no-follow");
  });

  it("have --json also from npm, which has it too", () => {
    const { env, args } = passThroughNpm("--json");
    assert.deepEqual(parse(load("releases"), args, env), { stack: "dev", json: true });
    assert.deepEqual(parse(load("up"), args, env), { stack: "dev" });
  });

  it("include the arguments, by name", () => {
    assert.deepEqual(parse(load("promote"), ["beta"], {}), { stack: "dev", track: "beta" });
    assert.throws(() => parse(load("promote"), [], {}), /missing required argument 'track'/);
  });

  it("are not mistaken for npm's own configuration, whatever is set in it", () => {
    const all = execFileSync("npm", ["config", "list", "--long", "--json"], { encoding: "utf8" });
    const keys = Object.keys(JSON.parse(all) as object).filter((key) => key !== "token-description");
    const env = Object.fromEntries(keys.map((key) => [`npm_config_${key.replaceAll("-", "_")}`, "x"]));
    for (const command of loaded.values()) {
      const args = command.registeredArguments.map((argument) => argument.name());
      assert.deepEqual(parse(command, args, env), parse(command, args, {}));
    }
  });
});
