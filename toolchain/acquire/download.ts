import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { EnvHttpProxyAgent, fetch } from "undici";
import type { Say } from "../step";

/** How long a server may take to answer at all, in milliseconds. Without a route, the next way is taken after it. */
export const ANSWER_TIMEOUT_MS = 5_000;
/** How long a download that has begun may stand still, in milliseconds. */
const STALL_TIMEOUT_MS = 30_000;

const NO_ANSWER = `no answer within ${ANSWER_TIMEOUT_MS / 1000} s`;

const BYTES_PER_MIB = 1024 * 1024;

/** Servers that did not answer in time: each is waited for once, not once for each file. */
const silent = new Set<string>();

/** A download that did not work out; the message is a few words on why. */
export class DownloadError extends Error {}

/**
 * Downloads a file.
 *
 * @param file where to; what is there is replaced
 * @param checksum what the file must hash to, in hex: SHA-1, SHA-256 or SHA-512 by its length
 * @throws DownloadError if the server does not answer, the transfer stops, or the checksum is another
 */
export async function download(url: string, file: string, checksum: string, say: Say): Promise<void> {
  const hash = createHash(algorithmOf(checksum));
  let received = 0;
  await withAnswer(url, async (body, total) => {
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
export async function downloadText(url: string): Promise<string> {
  let text = "";
  await withAnswer(url, async (body) => {
    for await (const chunk of body) text += String(chunk);
  });
  return text;
}

async function withAnswer(
  url: string,
  use: (body: Readable, total: number | undefined) => Promise<void>,
): Promise<void> {
  const { host } = new URL(url);
  if (silent.has(host)) throw new DownloadError(`${host} can't be reached (${NO_ANSWER})`);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new DownloadError(NO_ANSWER)), ANSWER_TIMEOUT_MS);
  let response;
  try {
    response = await fetch(url, { dispatcher, signal: silence.signal, redirect: "follow" });
  } catch (error) {
    if (silence.signal.aborted) silent.add(host);
    throw new DownloadError(`${host} can't be reached (${reasonOf(error)})`);
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok || response.body === null) {
    // A body that nobody reads would hold the connection, and with it this process.
    await response.body?.cancel();
    throw new DownloadError(`${url} answered ${response.status}`);
  }
  const length = response.headers.get("content-length");
  try {
    await use(Readable.fromWeb(response.body), length === null ? undefined : Number(length));
  } catch (error) {
    throw new DownloadError(`${url} broke off (${reasonOf(error)})`);
  }
}

/** Follows HTTPS_PROXY, HTTP_PROXY and NO_PROXY where they are set. */
export const dispatcher = new EnvHttpProxyAgent({
  connect: { timeout: ANSWER_TIMEOUT_MS },
  bodyTimeout: STALL_TIMEOUT_MS,
});

function algorithmOf(checksum: string): string {
  const algorithm = { 40: "sha1", 64: "sha256", 128: "sha512" }[checksum.length];
  if (algorithm === undefined) throw new DownloadError(`not a checksum: ${checksum}`);
  return algorithm;
}

/** fetch says no more than "fetch failed" or "terminated"; the cause says why. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  const { message: why = "", code } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  return why !== "" ? why : (code ?? message);
}

function mib(bytes: number): string {
  return (bytes / BYTES_PER_MIB).toFixed(1);
}
