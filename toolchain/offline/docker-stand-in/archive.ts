import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import type { WriteEntry } from "tar";
import { Header, Pack, ReadEntry } from "tar";
import { entriesOf, toSlash } from "./context";
import { readIgnoreFile } from "./ignore";

/** A build context as the daemon takes it: a tar stream, and the name of the Dockerfile in it. */
export interface Archive {
  readonly stream: Readable;
  readonly dockerfile: string;
}

/** A name that no context has, for a Dockerfile from outside of it. */
const OUTSIDE = ".dockerfile.pulumi-stand-in";

/**
 * Packs a build context. The Dockerfile and the ignore file are always in it: the daemon reads both, and keeps
 * from the image what the ignore file names. As with Docker's classic client, an exception brings back something
 * in an ignored folder only where it names the folder.
 */
export function archiveOf(context: string, dockerfile: string): Archive {
  const inside = dockerfileIn(context, dockerfile);
  const outside = inside.startsWith("../");
  const ignore = readIgnoreFile(context, dockerfile).with(
    "!.dockerignore",
    ...(outside ? [] : [`!${inside}`]),
  );
  const pack = new Pack({ cwd: context, noDirRecurse: true, onWriteEntry: disown });
  const replaced = outside ? [".dockerignore"] : [];
  for (const { name } of entriesOf(context, ignore, (folder) => ignore.namesIn(folder))) {
    if (!replaced.includes(name)) pack.add(name);
  }
  if (outside) bringIn(pack, context, dockerfile);
  pack.end();
  return { stream: Readable.from(pack), dockerfile: outside ? OUTSIDE : inside };
}

/** Where the Dockerfile lies as seen from the context, symbolic links followed: "../" leads out of it. */
export function dockerfileIn(context: string, dockerfile: string): string {
  return toSlash(path.relative(fs.realpathSync(context), fs.realpathSync(dockerfile)));
}

/** Who owns a file here says nothing there, and may be more than a tar header can say. */
function disown(entry: WriteEntry): void {
  entry.myuser = "";
  Object.assign(entry.stat ?? {}, { uid: 0, gid: 0 });
}

/** Adds a Dockerfile from outside, and has the daemon keep it, like its note to do so, from the image. */
function bringIn(pack: Pack, context: string, dockerfile: string): void {
  const file = path.join(context, ".dockerignore");
  const ignored = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : ".dockerignore";
  pack.add(fileEntry(".dockerignore", `${ignored}\n${OUTSIDE}\n`));
  pack.add(fileEntry(OUTSIDE, fs.readFileSync(dockerfile)));
}

function fileEntry(name: string, content: string | Buffer): ReadEntry {
  const data = Buffer.from(content);
  const entry = new ReadEntry(
    new Header({
      path: name,
      type: "File",
      mode: 0o644,
      size: data.length,
      mtime: new Date(0),
      uid: 0,
      gid: 0,
    }),
  );
  entry.end(data);
  return entry;
}
