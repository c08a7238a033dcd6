import fs from "node:fs";
import path from "node:path";

/** What a `docker.Provider` says about the daemon; each may also come from the environment, as in `readConfig`. */
export interface DaemonConfig {
  /** unix://, tcp://, npipe:// or ssh:// */
  readonly host?: string;
  /** A folder with ca.pem, cert.pem and key.pem. */
  readonly certPath?: string;
  readonly caMaterial?: string;
  readonly certMaterial?: string;
  readonly keyMaterial?: string;
}

const KEYS = {
  host: "DOCKER_HOST",
  certPath: "DOCKER_CERT_PATH",
  caMaterial: "DOCKER_CA_MATERIAL",
  certMaterial: "DOCKER_CERT_MATERIAL",
  keyMaterial: "DOCKER_KEY_MATERIAL",
} as const;

/** Reads the provider's configuration: what the program or the stack says, else the environment. */
export function readConfig(variables: ReadonlyMap<string, string>, env: NodeJS.ProcessEnv): DaemonConfig {
  const entries = Object.entries(KEYS).map(([key, name]) => {
    return [key, variables.get(`docker:config:${key}`) || env[name] || undefined] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** What TLS to a daemon needs, PEM-encoded. */
export interface Certificates {
  readonly ca: string | Buffer;
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** @throws Error where certificates are given in part or in two ways. */
export function certificatesOf(config: DaemonConfig): Certificates | undefined {
  const { caMaterial, certMaterial, keyMaterial, certPath } = config;
  if (caMaterial === undefined && certMaterial === undefined && keyMaterial === undefined) {
    return certPath === undefined ? undefined : certificatesIn(certPath);
  }
  if (caMaterial === undefined || certMaterial === undefined || keyMaterial === undefined) {
    throw new Error("certMaterial, keyMaterial and caMaterial go together: give all three or none");
  }
  if (certPath !== undefined) throw new Error("give certPath or raw certificates, not both");
  return { ca: caMaterial, cert: certMaterial, key: keyMaterial };
}

function certificatesIn(folder: string): Certificates {
  const read = (file: string) => fs.readFileSync(path.join(folder, file));
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}
