// Plain JavaScript, because commands/run.mjs uses it before anything can run TypeScript.
import { URL } from "node:url";

/**
 * `withoutBackendPassword`; ends the process with an error if the password can't be told from the rest of the URL.
 *
 * @param {NodeJS.ProcessEnv} env left as it is
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
 * An environment in which the password of a PostgreSQL backend is in PGPASSWORD, where PostgreSQL's clients look for it,
 * and not in PULUMI_BACKEND_URL: the Pulumi CLI prints that URL in errors and in `pulumi whoami`.
 *
 * @param {NodeJS.ProcessEnv} env left as it is
 * @returns {NodeJS.ProcessEnv}
 * @throws Error without the URL, if the password can't be told from the rest of it
 */
export function withoutBackendPassword(env) {
  const given = env.PULUMI_BACKEND_URL ?? "";
  if (!/^postgres(ql)?:/.test(given)) return env;
  if (!URL.canParse(given)) throw new Error("it is no URL");
  const url = new URL(given);
  if (`${url.pathname}${url.search}${url.hash}`.includes("@")) throw new Error("an @ too many");
  const password = decodeURIComponent(url.password) || url.searchParams.get("password");
  if (!password) return env;
  url.password = "";
  url.searchParams.delete("password");
  return { ...env, PULUMI_BACKEND_URL: url.href, PGPASSWORD: password };
}
