import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { x } from "tinyexec";
import * as z from "zod";
import type { DockerVariables } from "../connection/docker-command";

/** What `docker login` has stored for a registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** The part of ~/.docker/config.json about credentials (https://docs.docker.com/reference/cli/docker/login). */
const dockerConfig = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() })).default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});

const helped = z.object({ Username: z.string(), Secret: z.string() });

/** The key under which Docker keeps the credentials of its own registry. */
const DOCKER_HUB = "https://index.docker.io/v1/";

/** The key of a registry's credentials in Docker's config, and in a pull secret. */
export function credentialsKey(host: string): string {
  return host === "docker.io" ? DOCKER_HUB : host;
}

/** The credentials that `docker login` or its helper has stored for a registry. Undefined if there are none. */
export async function findCredentials(host: string, env: DockerVariables): Promise<Credentials | undefined> {
  const folder = env["DOCKER_CONFIG"] ?? join(env["HOME"] ?? homedir(), ".docker");
  const text = await readFile(join(folder, "config.json"), "utf8").catch(() => "{}");
  const { auths, credHelpers, credsStore } = dockerConfig.parse(JSON.parse(text));
  const key = credentialsKey(host);
  const helper = credHelpers[key] ?? credsStore;
  return helper === undefined ? decoded(auths[key]?.auth) : await askHelper(helper, key, env);
}

function decoded(auth: string | undefined): Credentials | undefined {
  const [, username, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(auth ?? "", "base64").toString()) ?? [];
  return username === undefined || password === undefined ? undefined : { username, password };
}

/** Asks a credential helper (https://github.com/docker/docker-credential-helpers). It fails for an unknown registry. */
async function askHelper(
  helper: string,
  key: string,
  env: DockerVariables,
): Promise<Credentials | undefined> {
  const options = { stdin: key, nodePath: false, nodeOptions: { env } };
  const { stdout, exitCode } = await x(`docker-credential-${helper}`, ["get"], options);
  if (exitCode !== 0) return undefined;
  const { Username, Secret } = helped.parse(JSON.parse(stdout));
  return { username: Username, password: Secret };
}
