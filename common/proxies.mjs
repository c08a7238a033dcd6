// Plain JavaScript, because commands/run.mjs uses it before anything can run TypeScript.

/** Addresses that need no proxy: this machine, and minikube's networks for its nodes (192.168.49.0/24 and following). */
const DIRECT = ["localhost", "127.0.0.1", "::1", "192.168.0.0/16"];

/**
 * Sets the proxy variables so that downloads use the proxies, and local addresses don't. Go, curl and apt-get read
 * different spellings of the variables, so both are set. @grpc/grpc-js makes no exception for loopback addresses, so
 * local addresses are listed.
 *
 * @param {NodeJS.ProcessEnv} env not changed
 * @returns {NodeJS.ProcessEnv}
 */
export function bypassProxies(env) {
  const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "GRPC_PROXY"].flatMap((name) =>
    spellings(env, name),
  );
  if (proxies.length === 0) return env;
  const named = [env.NO_PROXY, env.no_proxy].flatMap((list) => (list ?? "").split(/[\s,]+/)).filter(Boolean);
  const direct = [...new Set([...named, ...DIRECT])].join(",");
  // Many programs understand a star only if it stands alone. gRPC doesn't understand it at all.
  const NO_PROXY = named.includes("*") ? "*" : direct;
  return { ...env, ...Object.fromEntries(proxies), NO_PROXY, no_proxy: NO_PROXY, no_grpc_proxy: direct };
}

/** Both spellings of a variable, with a scheme, which Go and curl would add themselves. Empty if neither is set. */
function spellings(env, upper) {
  const lower = upper.toLowerCase();
  const value = env[upper] || env[lower];
  return value ? [upper, lower].map((name) => [name, withScheme(env[name] || value)]) : [];
}

function withScheme(proxy) {
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}
