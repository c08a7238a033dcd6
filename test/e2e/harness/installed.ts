import type { Context } from "mocha";
import { installPackages } from "../../../toolchain/apt";
import { machine } from "./place";

/**
 * Finds a program that a test needs. On Debian, root installs it if it is missing. If there is none, the tests are
 * skipped, with the reason.
 *
 * @param debian the name of its Debian package
 * @param missing what is missing, and what to do about it
 * @returns the program's path
 */
export async function findOrSkip(
  context: Context,
  find: () => string | undefined,
  debian: string,
  missing: string,
): Promise<string> {
  const found = find() ?? (await install(find, debian));
  if (found !== undefined) return found;
  console.log(`    skipped: ${missing}`);
  return context.skip();
}

async function install(find: () => string | undefined, debian: string): Promise<string | undefined> {
  if (!machine.debian || !machine.root) return undefined;
  await installPackages(machine, [debian], () => {});
  return find();
}
