import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, YAMLParseError } from "yaml";
import { UserError } from "../../common/problem";
import { parseConfig, type Config } from "../../infra/config";

/**
 * Reads a stack's config from its file alone: this needs no deployed stack and no passphrase. Secret values are empty in
 * the result.
 *
 * @param folder the folder of Pulumi.yaml
 * @throws {UserError} if there is no such file, or with every problem in it
 */
export function readStackFile(folder: string, stack: string): Config {
  const config = findStackFile(folder, stack);
  if (config === undefined) throw noFile(folder, fileOf(folder, stack));
  return config;
}

/** Reads a stack's config from its file. Undefined if there is no such file. */
export function findStackFile(folder: string, stack: string): Config | undefined {
  const file = fileOf(folder, stack);
  if (!existsSync(file)) return undefined;
  const project = readYaml(join(folder, "Pulumi.yaml")).name ?? "";
  const given = Object.entries(readYaml(file).config ?? {}).map(([key, value]) => {
    // A key without a colon is the project's own (https://www.pulumi.com/docs/iac/concepts/projects/stack-settings-file/).
    return [key.includes(":") ? key : `${project}:${key}`, value as unknown] as const;
  });
  return parseConfig({
    project,
    values: Object.fromEntries(given.map(([key, value]) => [key, textOf(value)])),
    secretKeys: new Set(given.filter(([, value]) => hasSecret(value)).map(([key]) => key)),
  });
}

/** @throws {UserError} if a stack's file isn't YAML */
export function requireYaml(folder: string, stack: string): void {
  const file = fileOf(folder, stack);
  if (existsSync(file)) readYaml(file);
}

function readYaml(file: string): { name?: string; config?: object } {
  try {
    return (parse(readFileSync(file, "utf8")) ?? {}) as { name?: string; config?: object };
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const { line = 1, col = 1 } = error.linePos?.[0] ?? {};
    throw new UserError({
      what: `The file isn't valid YAML: ${error.message.split(" at line")[0]}`,
      where: `${file}:${line}:${col}`,
      todo: `fix line ${line}, then run the same command again`,
    });
  }
}

function fileOf(folder: string, stack: string): string {
  return join(folder, `Pulumi.${stack}.yaml`);
}

/** A value as Pulumi passes it to the program, but with empty secrets. */
function textOf(value: unknown): string {
  const plain = withoutSecret("", value);
  return typeof plain === "string" ? plain : JSON.stringify(plain, withoutSecret);
}

/** `pulumi config set --secret` writes an object with the key `secure`. */
function withoutSecret(_: string, value: unknown): unknown {
  return typeof (value as { secure?: unknown } | null)?.secure === "string" ? "" : value;
}

function hasSecret(value: unknown): boolean {
  return JSON.stringify(value).includes('"secure":"'); // in a string, the quotes would be escaped
}

function noFile(folder: string, file: string): UserError {
  const stacks = readdirSync(folder).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
  return new UserError({
    what: `The stack has no config: there is no ${file}.`,
    allowed: stacks.join(", "),
    todo: "npx pulumi config set replicas 2, which creates the file",
  });
}
