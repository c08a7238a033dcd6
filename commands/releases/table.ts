import type { Config } from "../../infra/config";
import { pinNotice } from "../../cluster/releases/pin";
import type { Release } from "./list";

/** Writes the releases for a terminal, one a line. */
export function table(releases: readonly Release[], { rolledBack }: Pick<Config, "rolledBack">): string {
  const width = Math.max(...releases.map(({ tag }) => tag.length));
  const lines = releases.map(({ tag, at, ended, serves, ready, image }) =>
    [
      `${serves ? "●" : " "} ${tag.padEnd(width)}`,
      new Date(at).toLocaleString("sv"), // which is how ISO 8601 writes local time
      ended.padEnd("rolling out".length),
      [...(serves ? [`serves, ${ready} ready`] : []), ...(image ? [] : ["its image is gone"])].join(", "),
    ]
      .join("  ")
      .trimEnd(),
  );
  return [...lines, ...(rolledBack === undefined ? [] : ["", `If t${pinNotice(rolledBack).slice(1)}`])].join(
    "\n",
  );
}
