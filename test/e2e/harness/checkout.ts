import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { appendFile, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { NODE_PORT, places, PROFILE, PROJECT, SOURCE, STACK } from "./place";

/** A stack's config, by key. */
export type StackConfig = Readonly<Record<string, string | number | boolean | object>>;

/** Not part of the product: git's folder, installed packages, built files, and the user's own stacks. */
const LEFT_OUT = /^(\.git|node_modules|\.build|Pulumi\.(?!dev\.).+\.yaml)$/;

/** Few pods, so that the tests are quick, and more than one, so that a rollout can be watched. */
const REPLICAS = 2;

/** The config of every stack of the tests. It leads to the tests' own cluster. */
export const standard: StackConfig = { context: PROFILE, nodePort: NODE_PORT, replicas: REPLICAS };

/** Copies the product to a folder. */
export async function copyProduct(folder: string): Promise<void> {
  await cp(SOURCE, folder, {
    recursive: true,
    filter: (path) => !LEFT_OUT.test(relative(SOURCE, path).split(sep)[0] ?? ""),
  });
}

/** Makes the copy that the tests work in, with its packages and the stack's config. */
export async function makeCheckout(): Promise<void> {
  await copyProduct(places.checkout);
  await linkPackages(places.checkout);
  await writeConfig(standard);
}

/**
 * Gives a copy its own node_modules, with links to the packages of the checkout under test. If a command runs `npm ci`,
 * it replaces the links and leaves the packages alone.
 */
export async function linkPackages(copy: string): Promise<void> {
  const [from, to] = [join(SOURCE, "node_modules"), join(copy, "node_modules")];
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    // Relative links: the copy's `npx pulumi` is its own toolchain/pulumi-cli, as after `npm ci`.
    if (entry.name === ".bin" || entry.isSymbolicLink()) {
      await cp(source, target, { recursive: true, verbatimSymlinks: true });
    } else if (entry.name !== STAMP) await symlink(source, target);
  }
  const lock = await readFile(join(SOURCE, "package-lock.json"));
  await writeFile(join(to, STAMP), createHash("sha256").update(lock).digest("hex"));
}

/** In this file, commands/run.mjs notes the lock file whose packages are installed. */
const STAMP = ".installed";

/** Replaces a stack's config as if it had been edited. The salt of the stack's passphrase stays. */
export async function writeConfig(config: StackConfig, stack = STACK): Promise<void> {
  const file = join(places.checkout, `Pulumi.${stack}.yaml`);
  const before = existsSync(file) ? await readFile(file, "utf8") : "";
  const salt = /^encryptionsalt:.*\n/m.exec(before)?.[0] ?? "";
  const lines = Object.entries(config).map(
    ([key, value]) => `  ${PROJECT}:${key}: ${JSON.stringify(value)}\n`,
  );
  await writeFile(file, `${salt}config:\n${lines.join("")}`);
}

/** Adds lines to the end of a file of the copy. */
export async function append(file: string, lines: string): Promise<void> {
  await appendFile(join(places.checkout, file), `\n${lines}\n`);
}

/** Replaces a piece of a file of the copy. @throws Error if it isn't there */
export async function replace(file: string, piece: string, by: string): Promise<void> {
  const path = join(places.checkout, file);
  const content = await readFile(path, "utf8");
  if (!content.includes(piece)) throw new Error(`${file} has no ${piece}`);
  await writeFile(path, content.replace(piece, by));
}

/** A file of the service. It is part of the bundle, and so of the image. */
export const CODE = "service/main.ts";

/** Changes the code of the copy's service: it becomes another release. */
export async function changeCode(title: string): Promise<void> {
  await append(CODE, `process.title = "${title}";`);
}

/** Makes the copy's service crash as it starts. */
export async function breakCode(): Promise<void> {
  await append(CODE, 'console.error("the cat ate it");\nprocess.exit(3);');
}

/** Puts a file of the copy back to what it is in the checkout under test. */
export async function restore(file: string): Promise<void> {
  await rm(join(places.checkout, file));
  await cp(join(SOURCE, file), join(places.checkout, file));
}
