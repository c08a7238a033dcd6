import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { EnvHttpProxyAgent, fetch, interceptors, Pool, type Dispatcher } from "undici";
import type { Say } from "../step";

/** How long a server may take to begin its answer, in milliseconds. After that, the next source is tried. */
const ANSWER_TIMEOUT_MS = 5_000;
/** How long a download may stall, in milliseconds. */
const STALL_TIMEOUT_MS = 30_000;

const NO_ANSWER = ["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT"];

/** Failures that are worth a retry. A host that doesn't exist (ENOTFOUND) isn't. */
const TRANSIENT = [
  ...[
    "ECONNRESET",
    "ECONNREFUSED",
    "EPIPE",
    "ETIMEDOUT",
    "EAI_AGAIN",
    "ENETDOWN",
    "ENETUNREACH",
    "EHOSTUNREACH",
  ],
  ...["UND_ERR_SOCKET", "UND_ERR_BODY_TIMEOUT", ...NO_ANSWER],
  "UND_ERR_ABORTED", // an answer of the proxy itself, for example 503
];

/**
 * How often a failing server is asked. `patiently` retries after 1, 2 and 4 seconds: longer than most short failures of a
 * registry, and much shorter than a build from source.
 */
export type Effort = "once" | "patiently";

let agents: Readonly<Record<Effort, Dispatcher>> | undefined;

/** The HTTP client. It uses HTTPS_PROXY, HTTP_PROXY and NO_PROXY. @throws DownloadError if a proxy isn't a URL */
function agentFor(effort: Effort): Dispatcher {
  agents ??= makeAgents();
  return agents[effort];
}

function makeAgents() {
  try {
    const once = new EnvHttpProxyAgent({
      connect: { timeout: ANSWER_TIMEOUT_MS },
      headersTimeout: ANSWER_TIMEOUT_MS,
      bodyTimeout: STALL_TIMEOUT_MS,
      clientFactory: proxyPool,
    });
    const retry = { maxRetries: 3, minTimeout: 1_000, retryAfter: false, errorCodes: TRANSIENT };
    return { once, patiently: once.compose(interceptors.retry(retry)) };
  } catch (error) {
    throw new DownloadError(
      `HTTPS_PROXY or HTTP_PROXY is not the URL of a proxy (${(error as Error).message})`,
    );
  }
}

/** If a proxy closes the connection, undici retries at once and forever, unless the error has another code. */
function proxyPool(proxy: URL, options: object): Dispatcher {
  const pool = new Pool(proxy, options);
  const connect: (options: Dispatcher.ConnectOptions) => Promise<unknown> = pool.connect.bind(pool);
  const fail = ({ message }: Error) => {
    throw Object.assign(new Error(`the proxy fails: ${message}`), { code: "ECONNRESET" });
  };
  return Object.assign(pool, { connect: (to: Dispatcher.ConnectOptions) => connect(to).catch(fail) });
}

const BYTES_PER_MIB = 1024 * 1024;

/** Why a host could not be reached, by host. An unreachable host costs its time limit only once. */
const unreachable = new Map<string, string>();

/** A download has failed. The message is the reason in a few words. */
export class DownloadError extends Error {}

/**
 * Downloads a file.
 *
 * @param file the destination. An existing file is replaced
 * @param checksum in hexadecimal. Its length says whether it is SHA-1, SHA-256 or SHA-512
 * @throws DownloadError if the server does not answer, the transfer stops, or the checksum differs
 */
export async function download(
  url: string,
  file: string,
  checksum: string,
  say: Say,
  effort: Effort = "once",
): Promise<void> {
  const hash = createHash(algorithmOf(checksum));
  let received = 0;
  await withAnswer(url, effort, async (body, total) => {
    const meter = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of chunks) {
        hash.update(chunk);
        received += chunk.length;
        say(`downloading ${url}: ${mib(received)}${total === undefined ? "" : ` of ${mib(total)}`} MiB`);
        yield chunk;
      }
    };
    await pipeline(body, meter, createWriteStream(file));
  });
  if (hash.digest("hex") !== checksum)
    throw new DownloadError(`${url} does not match its publisher's checksum`);
}

/** Downloads a short text. @throws DownloadError as {@link download} does */
export function downloadText(url: string, effort: Effort = "once"): Promise<string> {
  return withAnswer(url, effort, (body) => text(body));
}

/**
 * Checks that a server answers. Any status below 500 will do.
 *
 * @throws DownloadError if it doesn't
 */
export async function askServer(url: string, effort: Effort): Promise<void> {
  const { body, status } = await answerOf(url, effort);
  await body?.cancel();
  if (status >= 500) throw new DownloadError(`${url} answered ${status}`);
}

async function withAnswer<T>(
  url: string,
  effort: Effort,
  use: (body: Readable, total: number | undefined) => Promise<T>,
): Promise<T> {
  const response = await answerOf(url, effort);
  if (!response.ok || response.body === null) {
    // An unread body would keep the connection open, and this process running.
    await response.body?.cancel();
    throw new DownloadError(`${url} answered ${response.status}`);
  }
  const length = response.headers.get("content-length");
  try {
    return await use(Readable.fromWeb(response.body), length === null ? undefined : Number(length));
  } catch (error) {
    throw new DownloadError(`${url} broke off (${reasonOf(error)})`);
  }
}

async function answerOf(url: string, effort: Effort) {
  const { host } = new URL(url);
  const before = unreachable.get(host);
  if (before !== undefined) throw new DownloadError(before);
  const dispatcher = agentFor(effort);
  try {
    return await fetch(url, { dispatcher, redirect: "follow" });
  } catch (error) {
    const { statusCode } = ((error as Error).cause ?? {}) as { statusCode?: number };
    if (statusCode !== undefined) throw new DownloadError(`${url} answered ${statusCode}`);
    unreachable.set(host, `${host} can't be reached (${reasonOf(error)})`);
    throw new DownloadError(unreachable.get(host));
  }
}

function algorithmOf(checksum: string): string {
  const algorithm = { 40: "sha1", 64: "sha256", 128: "sha512" }[checksum.length];
  if (algorithm === undefined) throw new DownloadError(`not a checksum: ${checksum}`);
  return algorithm;
}

/** The reason of an error. fetch's own message is only "fetch failed" or "terminated": the innermost cause says why. */
function reasonOf(error: unknown): string {
  const { cause, message, code = "" } = error as NodeJS.ErrnoException;
  if (cause instanceof Error) return reasonOf(cause);
  if (NO_ANSWER.includes(code)) return `no answer within ${ANSWER_TIMEOUT_MS / 1000} s`;
  return message || code;
}

function mib(bytes: number): string {
  return (bytes / BYTES_PER_MIB).toFixed(1);
}
