import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { modeString } from "./mode";
import type { IgnoreFile } from "./ignore";
import { readIgnoreFile } from "./ignore";

/** Something in a build context. `name` is relative to the context, with slashes. */
export interface Entry {
  readonly name: string;
  readonly stats: fs.Stats;
}

/** Whether to look into a folder that is ignored itself. */
type Enters = (folder: string) => boolean;

/**
 * Everything in a build context that isn't ignored, in the order of the names' bytes, folder by folder.
 * A folder that is ignored is there all the same when something inside it isn't.
 */
export function entriesOf(context: string, ignore: IgnoreFile, enters: Enters, folder = ""): Entry[] {
  return namesIn(path.join(context, folder)).flatMap((base) => {
    const name = folder === "" ? base : `${folder}/${base}`;
    const stats = fs.lstatSync(path.join(context, name));
    const ignored = ignore.ignores(name);
    if (!stats.isDirectory()) return ignored ? [] : [{ name, stats }];
    if (ignored && !enters(name)) return [];
    const inside = entriesOf(context, ignore, enters, name);
    return ignored && inside.length === 0 ? [] : [{ name, stats }, ...inside];
  });
}

/**
 * One digest, in hex, for all that a build reads: it changes with a file's name, content or mode, a link's
 * target and the Dockerfile's content, and with nothing else. Computed as the real plugin computes it, so that
 * no image is rebuilt for having changed plugins.
 * Source: hashContext in provider/provider.go of github.com/pulumi/pulumi-docker. One thing there is not followed:
 * a link that leads nowhere makes it pass over the rest of the folder, so that changes there go unseen.
 *
 * @throws where a file can't be read.
 */
export function digestOf(context: string, dockerfile: string): string {
  const total = createHash("sha256");
  const add = (name: string, mode: string, content: Buffer) => {
    total.update(name).update(mode).update(content).update("\0");
  };
  // Whatever it is called and wherever it lies, the builder sees one Dockerfile.
  add("Dockerfile", "----------", sha256(fs.readFileSync(dockerfile)));
  const ignore = readIgnoreFile(context, dockerfile);
  for (const { name, stats } of entriesOf(context, ignore, (folder) => ignore.mayKeepIn(folder))) {
    if (!stats.isDirectory()) add(name, modeString(stats.mode), contentOf(context, name, stats));
  }
  return total.digest("hex");
}

function contentOf(context: string, name: string, stats: fs.Stats): Buffer {
  const file = path.join(context, name);
  if (stats.isSymbolicLink()) return sha256(targetOf(file));
  if (stats.isFile()) return sha256(fs.readFileSync(file));
  return sha256("");
}

/** Where a link leads; relative, like the context, unless something on the way was absolute. */
function targetOf(link: string): string {
  const said = fs.readlinkSync(link);
  if (!fs.existsSync(link)) return said;
  const target = fs.realpathSync(link);
  const absolute = path.isAbsolute(link) || path.isAbsolute(said);
  return toSlash(absolute ? target : path.relative(fs.realpathSync("."), target));
}

function sha256(data: string | Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}

function namesIn(folder: string): string[] {
  return fs.readdirSync(folder).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** A path of this machine with slashes, as builds have them everywhere. */
export function toSlash(file: string): string {
  return file.split(path.sep).join("/");
}
