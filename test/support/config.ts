import { type Config, parseConfig } from "../../infra/config";

/** A stack's config, from the values of `pulumi config set` by key. */
export function configOf(
  given: Readonly<Record<string, string>> = {},
  secret: readonly string[] = [],
): Config {
  const full = (key: string) => `shop:${key}`;
  const values = Object.fromEntries(Object.entries(given).map(([key, value]) => [full(key), value]));
  return parseConfig({ project: "shop", values, secretKeys: new Set(secret.map(full)) });
}
