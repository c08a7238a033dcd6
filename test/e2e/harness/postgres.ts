import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Context } from "mocha";
import { which } from "../../../toolchain/acquire/path";
import { attempt } from "../../../toolchain/command";
import { findOrSkip } from "./installed";
import { machine } from "./place";
import { succeeds } from "./shell";
import { until } from "./until";

const PORT = 15_432;
/** With characters that a URL has to encode. */
const PASSWORD = "s3cret@/#word";
/** Where Debian has a folder for each version. */
const DEBIAN = "/usr/lib/postgresql";
/** PostgreSQL doesn't run as root. Its Debian package makes this account. */
const AS_POSTGRES = "setpriv --reuid=postgres --regid=postgres --clear-groups ";
/** A folder that this account can enter too. */
const cwd = "/";

/** A PostgreSQL server of the tests' own, on loopback, with its data in a folder of its own. */
export interface Postgres {
  readonly url: string;
  /** What no output may contain. */
  readonly secrets: readonly string[];
  /** Ends it, and removes its data. */
  stop(): Promise<void>;
}

/** Starts a server. The tests are skipped, with the reason, if there is none and none can be installed. */
export async function startPostgres(context: Context): Promise<Postgres> {
  const missing = "there is no PostgreSQL; install one, with initdb on PATH";
  const bin = dirname(await findOrSkip(context, findInitdb, "postgresql", missing));
  const as = machine.root ? AS_POSTGRES : "";
  const folder = (await succeeds(`${as}mktemp -d`, { cwd })).trim();
  const [data, passwordFile] = [join(folder, "data"), join(folder, "password")];
  await writeFile(passwordFile, PASSWORD);
  const access = `-U pulumi --auth=scram-sha-256 --pwfile=${passwordFile}`;
  await succeeds(`${as}${join(bin, "initdb")} -D ${data} ${access} --no-sync`, { cwd });
  const settings = `-p ${PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off`;
  const [file = "", ...args] = `${as}${join(bin, "postgres")} -D ${data} ${settings}`.split(" ");
  const server = spawn(file, args, { cwd, stdio: "ignore" });
  await until("PostgreSQL takes connections", 30_000, async () => {
    const asked = await attempt(join(bin, "pg_isready"), ["-h", "127.0.0.1", "-p", `${PORT}`]);
    return asked.exitCode === 0;
  });
  const encoded = encodeURIComponent(PASSWORD);
  return {
    url: `postgres://pulumi:${encoded}@127.0.0.1:${PORT}/postgres?sslmode=disable`,
    secrets: [PASSWORD, encoded],
    async stop() {
      server.kill("SIGINT"); // PostgreSQL's fast shutdown
      if (server.exitCode === null) await once(server, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function findInitdb(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const found = which(
    "initdb",
    [machine.env.PATH, ...versions.map((version) => join(DEBIAN, version, "bin"))].join(":"),
  );
  return found && realpathSync(found); // its other programs are beside it
}
