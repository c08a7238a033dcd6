// Plain JavaScript, because commands/run.mjs uses it before anything can run TypeScript.
import { URL } from "node:url";

/**
 * Does what `withoutBackendPassword` does, but ends the process with a message if that fails.
 *
 * @param {NodeJS.ProcessEnv} env not changed
 * @returns {NodeJS.ProcessEnv}
 */
export function hideBackendPassword(env) {
  try {
    return withoutBackendPassword(env);
  } catch {
    console.error(
      "PULUMI_BACKEND_URL can't be read. It isn't shown, because it may contain a password.\n" +
        "  allowed: postgres://USER:PASSWORD@HOST:PORT/DATABASE\n" +
        "  do:      percent-encode the password's special characters (@ is %40, / is %2F, # is %23), or set it as PGPASSWORD",
    );
    process.exit(1);
  }
}

/**
 * Moves the password of a PostgreSQL backend from PULUMI_BACKEND_URL to PGPASSWORD, which PostgreSQL's clients read: the
 * Pulumi CLI prints the URL in errors and in `pulumi whoami`.
 *
 * @param {NodeJS.ProcessEnv} env not changed
 * @returns {NodeJS.ProcessEnv}
 * @throws Error, whose message doesn't contain the URL, if the password can't be found in the URL for certain
 */
export function withoutBackendPassword(env) {
  const given = env.PULUMI_BACKEND_URL ?? "";
  if (!/^postgres(ql)?:/.test(given)) return env;
  if (!URL.canParse(given)) throw new Error("PULUMI_BACKEND_URL is not a URL");
  const url = new URL(given);
  if (`${url.pathname}${url.search}${url.hash}`.includes("@"))
    throw new Error("PULUMI_BACKEND_URL has a second @");
  const password = decodeURIComponent(url.password) || url.searchParams.get("password");
  if (!password) return env;
  url.password = "";
  url.searchParams.delete("password");
  return { ...env, PULUMI_BACKEND_URL: url.href, PGPASSWORD: password };
}
