import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { URL } from "./place";
import { until } from "./until";

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What a pod says of itself at /pod. */
export interface PodSays {
  readonly name: string;
  readonly ip: string;
  readonly namespace: string;
  readonly node: string;
  readonly track: string;
  readonly version: string;
  readonly startedAt: string;
}

const TIMEOUT_MS = 5_000;
/** Requests after which it is looked who has answered. */
const BATCH = 20;

/** Asks the service at its published port, on a connection of its own: any of the pods may get it. */
export function ask(path: string, url = URL, timeoutMs = TIMEOUT_MS): Promise<Answer> {
  return send("GET", path, url, timeoutMs);
}

/** Sends it a request with another method than GET. */
export async function send(method: string, path: string, url = URL, timeoutMs = TIMEOUT_MS): Promise<Answer> {
  const options = { method, agent: false, signal: AbortSignal.timeout(timeoutMs) } as const;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url + path, options, resolve)
      .once("error", reject)
      .end();
  });
  return { status: response.statusCode ?? 0, body: await text(response) };
}

/** Asks a pod who it is. */
export async function whoAnswers(url = URL): Promise<PodSays> {
  const { body } = await ask("/pod", url);
  return JSON.parse(body) as PodSays;
}

/**
 * Asks until so many pods have answered: kube-proxy hears of a ready pod a moment later, and what is asked before that
 * goes to the others.
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
