import type { Settings } from "./settings";

/** The CPU that this process uses, and the use at which its autoscaler aims, in percent of what the pod requests. */
export interface CpuUse {
  readonly percent: number;
  readonly targetPercent: number;
}

/** As metrics-server, which the autoscaler asks, does in a cluster of `npm run up`. In milliseconds. */
const PERIOD_MS = 15_000;

/**
 * Measures the CPU use for as long as the process runs. The autoscaler has the same from metrics-server.
 *
 * @returns the use in the last period; undefined before the first one is over, and without an autoscaler
 */
export function measureCpu(settings: Settings): () => CpuUse | undefined {
  const { CPU_REQUEST_MILLICORES: request, CPU_TARGET_PERCENT: targetPercent } = settings;
  if (request === undefined || targetPercent === undefined) return () => undefined;
  let use: CpuUse | undefined;
  let before = process.cpuUsage();
  let since = performance.now();
  const measure = () => {
    const { user, system } = process.cpuUsage(before); // in microseconds
    const millicores = (user + system) / (performance.now() - since);
    use = { percent: Math.round((millicores / request) * 100), targetPercent };
    before = process.cpuUsage();
    since = performance.now();
  };
  setInterval(measure, PERIOD_MS).unref();
  return () => use;
}
