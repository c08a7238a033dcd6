import type { Config } from "../../infra/config";
import { pinNotice } from "../../cluster/releases/pin";
import { columns } from "../terminal/columns";
import type { Release } from "./list";

/** Formats releases for a terminal, one per line, with their track if there are several tracks. */
export function table(releases: readonly Release[], { rolledBack }: Pick<Config, "rolledBack">): string {
  const several = releases.some(({ track }) => track !== releases[0]?.track);
  const lines = columns(
    releases.map(({ track, tag, at, ended, serves, ready, image }) => [
      ...(several ? [track] : []),
      `${serves ? "●" : " "} ${tag}`,
      new Date(at).toLocaleString("sv"), // as ISO 8601, in local time
      ended,
      [...(serves ? [`serves, ${ready} ready`] : []), ...(image ? [] : ["its image is gone"])].join(", "),
    ]),
  );
  return [...lines, ...(rolledBack === undefined ? [] : ["", `If t${pinNotice(rolledBack).slice(1)}`])].join(
    "\n",
  );
}
