import { join } from "node:path";
import { build } from "esbuild";
import { bundling } from "../../infra/image/bundle";
import { attempt } from "../../toolchain/command";
import { ROOT } from "../../common/root";

/** Far longer than a registry takes. */
const TIMEOUT_MS = 60_000;

/** The folders of the packages whose code is in the image, such as `node_modules/koa`, sorted. */
export async function shippedPackages(): Promise<string[]> {
  const { metafile } = await build({ ...bundling(join(ROOT, "service", "main.ts")), metafile: true });
  const folders = Object.keys(metafile.inputs).flatMap((file) => packageFolder(file) ?? []);
  return [...new Set(folders)].sort();
}

/** The folder of a file's package, also of a package within a package, as npm's report names it. */
function packageFolder(file: string): string | undefined {
  return /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

/** What `npm audit --json` says (version 2 of the report). */
interface AuditReport {
  readonly auditReportVersion?: number;
  /** Why there is no report. */
  readonly message?: string;
  readonly vulnerabilities?: Readonly<Record<string, Vulnerability>>;
}

interface Vulnerability {
  /** Where the package is installed, such as `node_modules/koa`. */
  readonly nodes: readonly string[];
  /** Advisories on the package itself, and names of packages that it depends on and that have some. */
  readonly via: readonly (
    string | { readonly title: string; readonly severity: string; readonly url: string }
  )[];
}

/** The known vulnerabilities of packages, a line each; or why the registry can't be asked. */
export type Audit = { readonly known: readonly string[] } | { readonly unavailable: string };

/** Asks npm's registry, or the given one, for the vulnerabilities of packages. */
export async function audit(packages: readonly string[], registry?: string): Promise<Audit> {
  const named = registry === undefined ? [] : [`--registry=${registry}`];
  const options = { cwd: ROOT, timeout: TIMEOUT_MS };
  // npm exits with 1 if it finds something, and also if it fails: the report tells which.
  const { stdout, output } = await attempt("npm", ["audit", "--json", "--omit=dev", ...named], options);
  const report = parse(stdout);
  if (report?.vulnerabilities === undefined) return { unavailable: report?.message ?? output.trim() };
  const known = Object.entries(report.vulnerabilities).flatMap(([name, { nodes, via }]) =>
    nodes.some((node) => packages.includes(node)) ? via.flatMap((cause) => line(name, cause)) : [],
  );
  return { known };
}

/** A package that only depends on a bad one is listed too; the bad one has a line of its own, if it is in the image. */
function line(name: string, cause: Vulnerability["via"][number]): string[] {
  return typeof cause === "string" ? [] : [`${name}: ${cause.title} (${cause.severity}), ${cause.url}`];
}

function parse(text: string): AuditReport | undefined {
  try {
    return JSON.parse(text) as AuditReport;
  } catch {
    return undefined;
  }
}
