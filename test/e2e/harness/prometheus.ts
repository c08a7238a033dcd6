import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { acquire } from "../../../toolchain/acquire";
import { inTemporaryFolder } from "../../../toolchain/offline";
import { testTools } from "../../../toolchain/tools";
import { machine, PROFILE } from "./place";
import { kubectl, succeeds } from "./shell";
import { until } from "./until";

const FIXTURE = join(__dirname, "..", "..", "full", "fixtures", "prometheus");
const OBJECTS = join(FIXTURE, "objects.yaml");
const IMAGE = "prometheus:test";
/** Prometheus' HTTP API, reached through the API server: no port has to be published. */
const API = "/api/v1/namespaces/prometheus/pods/prometheus:9090/proxy/api/v1";

/** One time series of an answer: its labels, and its value now. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Runs a real Prometheus in the cluster, and waits until it is ready. */
export async function startPrometheus(): Promise<void> {
  await removePrometheus(); // what a killed run left
  const { dir } = await acquire(testTools.prometheus, { ...machine, os: "linux" }, () => {}); // the node is Linux
  await inTemporaryFolder(async (context) => {
    await copyFile(join(FIXTURE, "Dockerfile"), join(context, "Dockerfile"));
    await copyFile(join(dir, "prometheus"), join(context, "prometheus"));
    await succeeds(`minikube -p ${PROFILE} image build -t ${IMAGE} ${context}`);
  });
  await kubectl(`apply -f ${OBJECTS}`);
  await kubectl("wait -n prometheus pod/prometheus --for=condition=Ready --timeout=60s");
}

export async function removePrometheus(): Promise<void> {
  await kubectl(`delete --ignore-not-found -f ${OBJECTS}`);
}

/** Runs a PromQL query. */
export async function query(promql: string): Promise<Sample[]> {
  const output = await kubectl(`get --raw ${API}/query?query=${encodeURIComponent(promql)}`);
  const { data } = JSON.parse(output) as {
    data: { result: { metric: Sample["labels"]; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value: [, value] }) => ({ labels: metric, value: Number(value) }));
}

/** Sums a query by one label. @returns the sum for each of the label's values */
export async function sumsBy(label: string, promql: string): Promise<Map<string, number>> {
  const samples = await query(`sum by (${label}) (${promql})`);
  return new Map(samples.map(({ labels, value }) => [labels[label] ?? "", value]));
}

/** Waits until Prometheus has scraped so many pods, each after this moment. */
export async function scraped(pods: number): Promise<void> {
  const now = Date.now() / 1000;
  await until(`Prometheus has scraped ${pods} pods`, 30_000, async () => {
    // For a bare series, timestamp() is the time of the scrape; for anything else, the time of the query.
    const fresh = await query(`timestamp(up) > ${now} and up == 1`);
    return fresh.length === pods;
  });
}
