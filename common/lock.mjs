// A lock between processes of one machine. Plain JavaScript, because commands/run.mjs uses it before anything can run
// TypeScript.
import { Buffer } from "node:buffer";
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How often a waiting process checks the lock, in milliseconds. */
const POLL_MS = 300;
/** The longest path of a lock's folder, in bytes: a socket's path has at most 104 on macOS, and its name takes 30. */
const LONGEST_FOLDER = 70;

/**
 * Runs `work` while no other process runs anything under the same lock.
 *
 * Each process that wants the lock listens on its own socket in the lock's folder. The kernel closes the socket when the
 * process ends, however it ends. So a socket that refuses connections was left behind by a killed process, and neither
 * process numbers nor times have to be checked.
 *
 * If no socket can be made in the folder (read-only, or a file system without sockets), `work` runs without a lock.
 *
 * @template T
 * @param {string} folder the lock's folder
 * @param {() => Promise<T>} work
 * @param {(pid: number) => void} [onWait] is called once for each process that holds the lock
 * @returns {Promise<T>} what `work` returns
 */
export async function exclusively(folder, work, onWait = () => {}) {
  const release = await acquire(socketFolder(folder), onWait);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire(folder, onWait) {
  for (let reported; ;) {
    const [holder] = await holders(folder);
    if (holder === undefined) {
      const own = await listen(folder);
      if (own === undefined) return () => {};
      if ((await holders(folder, own.name)).length === 0) return own.release;
      own.release(); // two processes at the same moment: both try again
    } else if (holder !== reported) {
      onWait((reported = holder));
    }
    await sleep(POLL_MS * (0.5 + Math.random()));
  }
}

/** Listens on a new socket. Undefined if no socket can be made in the folder. */
async function listen(folder) {
  const name = `${process.pid}-${randomUUID().slice(0, 8)}.sock`;
  const file = join(folder, name);
  const server = createServer((socket) => socket.destroy()).unref();
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await new Promise((resolve, reject) => server.once("error", reject).listen(`${file}.new`, resolve));
    // Renamed only now: other processes must not see a socket that nobody listens on yet.
    renameSync(`${file}.new`, file);
  } catch {
    server.close();
    return undefined;
  }
  const release = () => {
    rmSync(file, { force: true });
    server.close();
  };
  return { name, release };
}

/** The processes that hold the lock. Sockets of killed processes are removed. */
async function holders(folder, own) {
  const pids = [];
  for (const name of namesIn(folder)) {
    if (name === own || !name.endsWith(".sock")) continue;
    const file = join(folder, name);
    if (await isListenedOn(file)) pids.push(Number.parseInt(name));
    else rmSync(file, { force: true });
  }
  return pids;
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return []; // no process has ever wanted this lock
  }
}

/** After any other error than a refused connection, the socket counts as listened on. */
function isListenedOn(file) {
  return new Promise((resolve) => {
    const socket = connect(file, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", ({ code }) => resolve(code !== "ECONNREFUSED" && code !== "ENOENT"));
  });
}

/**
 * The folder of the sockets: the lock's own, or, if its path is too long, one in the folder for temporary files.
 *
 * @param {string} folder
 * @returns {string}
 */
export function socketFolder(folder) {
  if (Buffer.byteLength(folder) <= LONGEST_FOLDER) return folder;
  return join(tmpdir(), `koa-${createHash("sha256").update(folder).digest("hex").slice(0, 12)}`);
}
