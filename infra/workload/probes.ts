import type { types } from "@pulumi/kubernetes";
import type { Probe } from "../config";
import type { PodSettings } from "./args";
import { literally } from "./pod-env";
import { heldTiming, probeTiming } from "./timing";

type Asked = Pick<types.input.core.v1.Probe, "httpGet" | "tcpSocket" | "exec">;

/** The probes of a container. The others begin once the startup probe has passed. */
export function probes({ health, ready, startSeconds, mayBeHeld }: PodSettings) {
  const [healthTiming, readyTiming] = [probeTiming(health), probeTiming(ready)];
  return {
    startupProbe: { ...asked(health), ...healthTiming.startup(startSeconds) },
    readinessProbe: { ...asked(ready), ...readyTiming.readiness, ...(mayBeHeld && heldTiming.readiness) },
    livenessProbe: { ...asked(health), ...healthTiming.liveness, ...(mayBeHeld && heldTiming.liveness) },
  };
}

function asked(probe: Probe): Asked {
  if ("http" in probe) return { httpGet: { path: probe.http, port: "http" } };
  if ("tcp" in probe) return { tcpSocket: { port: probe.tcp } };
  return { exec: { command: probe.command.map(literally) } };
}
