import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { Identity } from "../../../service/identity";
import { URL } from "./place";
import { until } from "./until";

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A pod's answer at /pod. In a pod, no value is null. */
export type PodSays = Readonly<Record<keyof Identity, string>>;

const TIMEOUT_MS = 5_000;
/** The number of requests between two checks of who has answered. */
const BATCH = 20;

/** Sends a GET request to the service's published port, on a new connection: any pod may answer. */
export function ask(path: string, url = URL, timeoutMs = TIMEOUT_MS): Promise<Answer> {
  return send("GET", path, url, timeoutMs);
}

/** The same with any method. */
export async function send(method: string, path: string, url = URL, timeoutMs = TIMEOUT_MS): Promise<Answer> {
  const options = { method, agent: false, signal: AbortSignal.timeout(timeoutMs) } as const;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url + path, options, resolve)
      .once("error", reject)
      .end();
  });
  return { status: response.statusCode ?? 0, body: await text(response) };
}

/** Requests /pod. @returns the answer of the pod that got the request */
export async function whoAnswers(url = URL): Promise<PodSays> {
  const { body } = await ask("/pod", url);
  return JSON.parse(body) as PodSays;
}

/**
 * Sends requests until so many pods have answered: kube-proxy learns of a ready pod a moment later.
 *
 * @param within milliseconds
 * @returns their names
 */
export async function untilAllAnswer(pods: number, within: number): Promise<Set<string>> {
  const seen = new Set<string>();
  return await until(`${pods} pods answer`, within, async () => {
    for (let request = 0; request < BATCH; request++) seen.add((await whoAnswers()).name);
    return seen.size >= pods ? seen : undefined;
  });
}
