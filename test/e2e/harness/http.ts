import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { URL } from "./place";

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

/** Asks the service at its published port, on a connection of its own: any of the pods may get it. */
export async function ask(path: string, url = URL, timeoutMs = TIMEOUT_MS): Promise<Answer> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url + path, { agent: false, signal: AbortSignal.timeout(timeoutMs) }, resolve).once("error", reject);
  });
  return { status: response.statusCode ?? 0, body: await text(response) };
}

/** Asks a pod who it is. */
export async function whoAnswers(): Promise<PodSays> {
  const { body } = await ask("/pod");
  return JSON.parse(body) as PodSays;
}

/** The names of the pods that answer a number of requests, one after the other. */
export async function namesThatAnswer(requests: number): Promise<Set<string>> {
  const names = new Set<string>();
  for (let request = 0; request < requests; request++) names.add((await whoAnswers()).name);
  return names;
}
