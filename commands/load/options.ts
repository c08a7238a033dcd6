import { MOST, type LoadOptions } from "./generator";
import { Values } from "../terminal/values";

/** The options as typed. */
export interface Options {
  readonly rate: string;
  readonly duration: string;
  readonly connections: string;
  readonly new: string;
  readonly path?: string;
  readonly stack: string;
  readonly url?: string;
  readonly allowRemote: boolean;
  readonly json: boolean;
  readonly svg?: string;
}

/**
 * Parses the options of a load, except for its target.
 *
 * @throws UserError with all problems
 */
export function parseOptions(options: Options): Required<Omit<LoadOptions, "url" | "path" | "timeoutMs">> {
  const values = new Values("npm run load");
  const load = {
    rate: values.number("--rate", options.rate, [1, MOST.rate]),
    durationMs: values.seconds("--duration", options.duration, MOST.durationMs / 1000) * 1000,
    connections: values.number("--connections", options.connections, [1, MOST.connections]),
    newShare: values.number("--new", options.new, [0, 1], false),
  };
  if (options.path !== undefined) values.path("--path", options.path);
  if (options.url !== undefined) values.url("--url", options.url);
  values.check();
  return load;
}
