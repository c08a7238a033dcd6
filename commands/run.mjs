// What `npm run …` starts: installs the packages where they are missing or stale, then runs commands/<name>.ts.
// The one file that isn't TypeScript: before it has run, nothing here can run TypeScript.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { handOver } from "../common/hand-over.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = "help", ...rest] = process.argv.slice(2);

const file = join(root, "commands", `${command}.ts`);
requireCommand();
requireNode(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.node);
installPackages();
handOver(process.execPath, ["--import", "tsx", file, ...rest], { cwd: root });

/** Stops with one clear error where nothing of that name can be run. */
function requireCommand() {
  if (existsSync(file)) return;
  console.error(`There is no command ${command}.\n  do:      npm run, which lists them`);
  process.exit(1);
}

/** Stops with one clear error where this Node.js is older than package.json's `engines` allows. */
function requireNode(range) {
  const wanted = range.replace(">=", "").split(".").map(Number);
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= (wanted[1] ?? 0))) return;
  console.error(
    `Node.js ${process.versions.node} is too old.\n  allowed: ${range}\n  do:      install a newer one, see .nvmrc`,
  );
  process.exit(1);
}

/** Runs `npm ci` unless it has finished for exactly this lock file: a stamp is written only after it has. */
function installPackages() {
  const wanted = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const stamp = join(root, "node_modules", ".installed");
  const installed = () => existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (installed()) return;
  oneAtATime(() => {
    if (installed()) return;
    console.error("Installing the packages (npm ci) …");
    const { status } = run("npm", ["ci", "--no-progress", "--loglevel=error"]);
    if (status === 0) return writeFileSync(stamp, wanted);
    console.error(
      "The packages could not be installed.\n  do:      mend what npm says above, then run the same command again",
    );
    process.exitCode = 1;
  });
  if (process.exitCode) process.exit();
}

/** Waits for another command that installs the packages: npm ci begins by deleting what is there. */
function oneAtATime(install) {
  mkdirSync(join(root, ".build"), { recursive: true });
  const lock = join(root, ".build", "installing");
  for (let told = false; !take(lock); told = true) {
    if (!told) console.error("Another command is installing the packages: waiting …");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    install();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Takes a lock, also one whose process was killed. */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (!isHeld(lock)) rmSync(lock, { force: true });
    return false;
  }
}

/** An empty lock is one that was just made, unless the machine died over it. */
function isHeld(lock) {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    if (pid === 0) return Date.now() - statSync(lock).mtimeMs < 2_000;
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

function run(file, args) {
  return spawnSync(file, args, { cwd: root, stdio: "inherit", shell: process.platform === "win32" });
}
