import type { V1Pod } from "@kubernetes/client-node";
import { run } from "../../../toolchain/command";
import { PROFILE } from "./place";

/** Kills the process in a pod's container from the node: nothing in the pod can kill PID 1. */
export async function killProcess(pod: V1Pod): Promise<void> {
  const [, id = ""] = pod.status?.containerStatuses?.[0]?.containerID?.split("//") ?? [];
  const pid = await inNode("docker", "inspect", "--format", "{{.State.Pid}}", id);
  await inNode("kill", "-KILL", pid.trim());
}

/** Runs a command in the node, which is a container of this machine's Docker daemon. */
export function inNode(...command: readonly string[]): Promise<string> {
  return run("docker", ["exec", PROFILE, ...command], {});
}
