import { workloadOf } from "../../../cluster/objects/workload";
import { parseConfig, type Config } from "../../../infra/config";
import { serviceArgs, type Prepared } from "../../../infra/service-args";
import type { ResilientServiceArgs } from "../../../infra/workload";

/** What the program declares a service of, for a config and the release `abc`. */
export function argsFor(
  config: Config = parseConfig({}, "shop"),
  prepared: Partial<Prepared> = {},
): ResilientServiceArgs {
  const { namespace, env } = config;
  const workload = workloadOf(config);
  const release = { release: "abc", image: `${config.name}:abc` };
  return serviceArgs(config, { workload, namespace, env, annotations: {}, ...release, ...prepared });
}
