import type { types } from "@pulumi/kubernetes";
import type { Probe } from "../config";
import type { PodSettings } from "./args";
import { literally } from "./pod-env";
import { debugTiming, probeTiming } from "./timing";

type ProbeAction = Pick<types.input.core.v1.Probe, "httpGet" | "tcpSocket" | "exec">;

/** The probes of a container. The other two begin once the startup probe has passed. */
export function probes({ health, ready, startSeconds, debuggable }: PodSettings) {
  const [healthTiming, readyTiming] = [probeTiming(health), probeTiming(ready)];
  return {
    startupProbe: { ...action(health), ...healthTiming.startup(startSeconds) },
    readinessProbe: { ...action(ready), ...readyTiming.readiness, ...(debuggable && debugTiming.readiness) },
    livenessProbe: { ...action(health), ...healthTiming.liveness, ...(debuggable && debugTiming.liveness) },
  };
}

function action(probe: Probe): ProbeAction {
  if ("http" in probe) return { httpGet: { path: probe.http, port: "http" } };
  if ("tcp" in probe) return { tcpSocket: { port: probe.tcp } };
  return { exec: { command: probe.command.map(literally) } };
}
