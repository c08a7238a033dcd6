import { chmod, copyFile } from "node:fs/promises";
import { basename, join } from "node:path";
import semver from "semver";
import { attempt, CommandError, run } from "../command";
import type { Machine } from "../machine";
import type { Say } from "../step";
import type { Found, GoModule, Tool } from "../tool";
import { inCache, install } from "../acquire/cache";
import { which } from "../acquire/path";
import { UserError } from "../../common/problem";
import { ROOT } from "../../common/root";

/** The oldest Go that all pinned modules allow. */
const GO_FITS = ">=1.26.2";

const MODULES = join(ROOT, "toolchain/offline/modules");

/** Errors of a registry that are worth a retry. */
const TRANSIENT =
  /\b(5\d\d |timeout|timed out|reset by peer|unexpected EOF|TLS handshake|bad gateway|stream error|no such host|temporary failure)/i;

/** Builds a tool from its Go modules, which go.mod and go.sum pin. Returns the reason if that isn't possible here. */
export async function fromModules(
  tool: Tool,
  machine: Machine,
  say: Say,
): Promise<Found | string | undefined> {
  if (tool.modules === undefined) return undefined;
  const problem = await goProblem(machine);
  if (problem !== undefined) return problem;
  const dir = await install(tool, machine, async (folder) => {
    for (const module of tool.modules ?? []) await build(tool, machine, module, folder, say);
  });
  return { name: tool.name, version: tool.version, source: "Go module", dir };
}

/** Gets a tool from the cache, or builds it from its Go modules. @throws UserError if it can't be built */
export async function buildTool(tool: Tool, machine: Machine, say: Say): Promise<Found> {
  const sayFor: Say = (line, kind) => say(`${tool.name} ${tool.version}: ${line}`, kind);
  const found = (await inCache(tool, machine)) ?? (await fromModules(tool, machine, sayFor));
  if (typeof found === "object") return found;
  throw new UserError({
    what: `${tool.name} ${tool.version} can't be built from source: ${found}`,
    todo: tool.byHand,
  });
}

/** Why Go on PATH can't be used; undefined if it can. */
async function goProblem(machine: Machine): Promise<string | undefined> {
  if (which("go", machine.env.PATH ?? "") === undefined)
    return `Go (${GO_FITS}) is not on PATH: https://go.dev/dl`;
  const { stdout } = await attempt("go", ["env", "GOVERSION"], { env: { ...machine.env, ...GO_ENV } });
  const version = semver.coerce(stdout)?.version;
  if (version !== undefined && semver.satisfies(version, GO_FITS)) return undefined;
  return `Go on PATH is ${version ?? "unknown"}, not ${GO_FITS}: https://go.dev/dl`;
}

/** Makes Go use the toolchain on PATH and the pinned versions, whatever the user's own settings are. */
const GO_ENV = { GOTOOLCHAIN: "local", GOFLAGS: "-mod=readonly", GOWORK: "off", GO111MODULE: "on" };

async function build(
  tool: Tool,
  machine: Machine,
  module: GoModule,
  folder: string,
  say: Say,
): Promise<void> {
  try {
    await goBuild(machine, module, folder, say);
  } catch (error) {
    const reason = error instanceof CommandError ? transientReason(error.tail) : undefined;
    if (reason === undefined) throw error;
    say(`${tool.name}: ${reason}; trying once more`, "notice");
    await goBuild(machine, module, folder, say);
  }
}

/** The line with an error that is worth a retry. Lines with only a package's name don't count. */
function transientReason(tail: string): string | undefined {
  const lines = tail.split("\n").filter((line) => !/^(go: downloading .*|\S*)$/.test(line));
  return lines.find((line) => TRANSIENT.test(line));
}

async function goBuild(machine: Machine, module: GoModule, folder: string, say: Say): Promise<void> {
  const cwd = join(MODULES, module.folder);
  const cgo = module.cgo === true ? "1" : "0";
  const env = { ...machine.env, ...GO_ENV, GOOS: machine.os, GOARCH: machine.arch, CGO_ENABLED: cgo };
  const variables = Object.entries(module.variables ?? {}).map(([name, value]) => `-X ${name}=${value}`);
  const args = ["build", "-v", "-trimpath", "-ldflags", ["-s", "-w", ...variables].join(" ")];
  if (module.tags !== undefined) args.push("-tags", module.tags);
  let compiled = 0;
  const sayPackage = (line: string) => {
    if (line.startsWith("go: downloading")) say(line);
    else say(`building from source, ${(compiled += 1)} packages compiled, now ${line}`);
  };
  for (const [executable, path] of Object.entries(module.packages)) {
    await run("go", [...args, "-o", join(folder, executable), path], { cwd, env, say: sayPackage });
  }
  await copyScripts(module, folder, cwd, env);
}

async function copyScripts(
  module: GoModule,
  folder: string,
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (module.scripts === undefined) return;
  const source = await run("go", ["list", "-m", "-f", "{{.Dir}}", module.scripts.module], { cwd, env });
  for (const file of module.scripts.files) {
    const to = join(folder, basename(file));
    await copyFile(join(source.trim(), file), to);
    await chmod(to, 0o755);
  }
}
