// `npm run …` starts this file. It installs the packages if they are missing or out of date, then compiles and runs the
// command. It is plain JavaScript: TypeScript needs the packages.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { hideBackendPassword } from "../common/backend-password.mjs";
import { load } from "../common/compile.cjs";
import { run } from "../common/hand-over.mjs";
import { exclusively } from "../common/lock.mjs";
import { bypassProxies } from "../common/proxies.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

requireNode(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.node);
requireTemporaryFolder();
await installPackages();
process.chdir(root);
Object.assign(process.env, hideBackendPassword(bypassProxies(process.env)));
process.setSourceMapsEnabled(true); // the stack of a bug names TypeScript files
(await load("commands/index.ts")).run(process.argv.slice(2));

/** Ends the process with an error if this Node.js is older than package.json's `engines` allows. */
function requireNode(range) {
  const wanted = range.replace(">=", "").split(".").map(Number);
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= (wanted[1] ?? 0))) return;
  fail(
    `Node.js ${process.versions.node} is too old.\n  allowed: ${range}\n  do:      install a newer one, see .nvmrc`,
  );
}

/** Ends the process with an error if TMPDIR names no folder, which Pulumi's packages don't survive. */
function requireTemporaryFolder() {
  if (existsSync(tmpdir())) return;
  fail(
    `There is no folder for temporary files: ${tmpdir()}\n  where:   TMPDIR\n  do:      unset TMPDIR, or make the folder`,
  );
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** Runs `npm ci`, unless a file in node_modules says that it has succeeded for this package-lock.json. */
async function installPackages() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".installed");
  const installed = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (installed()) return;
  // `npm ci` begins with deleting node_modules, so never two at a time.
  await exclusively(
    join(root, ".build", "installing"),
    async () => {
      if (installed()) return;
      await npmCi();
      writeFileSync(stamp, wanted);
    },
    () => console.error("Another command is installing the packages: waiting …"),
  );
}

/** Runs `npm ci`. All its output goes to standard error: standard output belongs to the command. */
async function npmCi() {
  console.error("Installing the packages (npm ci) …");
  // The tests need the dev dependencies, even if NODE_ENV is "production".
  const args = ["ci", "--include=dev", "--no-progress", "--loglevel=error"];
  const options = { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" };
  const code = await run("npm", args, options);
  if (code === 0) return;
  fail(
    "The packages could not be installed.\n  do:      fix what npm says above, then run the same command again",
  );
}
