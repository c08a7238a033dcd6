// Plain JavaScript, because commands/run.mjs uses it before anything can run TypeScript.

/** Never reached through a proxy: this machine, and the networks that minikube makes for its nodes (192.168.49.0/24 and on). */
const DIRECT = ["localhost", "127.0.0.1", "::1", "192.168.0.0/16"];

/**
 * An environment in which downloads go through the proxies that are set, and everything local is reached directly.
 * Go, curl and apt-get each read another spelling of these variables, and @grpc/grpc-js makes no exception for loopback:
 * so both spellings are set, and local addresses are excepted by name.
 *
 * @param {NodeJS.ProcessEnv} env left as it is
 * @returns {NodeJS.ProcessEnv}
 */
export function bypassProxies(env) {
  const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "GRPC_PROXY"].flatMap((name) =>
    spellings(env, name),
  );
  if (proxies.length === 0) return env;
  const named = [env.NO_PROXY, env.no_proxy].flatMap((list) => (list ?? "").split(/[\s,]+/)).filter(Boolean);
  const direct = [...new Set([...named, ...DIRECT])].join(",");
  // A star stands alone, or many programs don't understand it; gRPC's never do.
  const NO_PROXY = named.includes("*") ? "*" : direct;
  return { ...env, ...Object.fromEntries(proxies), NO_PROXY, no_proxy: NO_PROXY, no_grpc_proxy: direct };
}

/** Both spellings of a variable that is set in one, each with a scheme, which Go and curl add themselves. */
function spellings(env, upper) {
  const lower = upper.toLowerCase();
  const value = env[upper] || env[lower];
  return value ? [upper, lower].map((name) => [name, withScheme(env[name] || value)]) : [];
}

function withScheme(proxy) {
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}
