import { join } from "node:path";
import type { Machine } from "../machine";
import type { Say } from "../step";
import { metricsServer } from "../tools";
import { buildTool } from "./go-module";
import { buildImage, hasImage, oneBinary } from "./image-build";

/**
 * Builds an image of metrics-server from its Go module, in this machine's Docker daemon.
 *
 * @returns the image's name
 * @throws UserError if it can't be built
 */
export async function makeMetricsServer(machine: Machine, say: Say): Promise<string> {
  const tag = `koa-on-minikube/metrics-server:${metricsServer.version}`;
  if (await hasImage(tag, machine.env)) return tag;
  const { dir } = await buildTool(metricsServer, { ...machine, os: "linux" }, say); // the node is Linux
  await buildImage(oneBinary(tag, join(dir, "metrics-server")), say, machine.env);
  return tag;
}
