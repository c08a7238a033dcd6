import { askServer, DownloadError, type Effort } from "../acquire/download";

/** Whether an image registry answers. */
export async function canReachRegistry(host: string, effort: Effort): Promise<boolean> {
  return (await whyUnreachable(`https://${host}`, effort)) === undefined;
}

/**
 * Why an image registry can't be reached; undefined if it answers
 * (https://distribution.github.io/distribution/spec/api/#api-version-check).
 */
export async function whyUnreachable(registry: string, effort: Effort): Promise<string | undefined> {
  try {
    await askServer(`${registry}/v2/`, effort);
    return undefined;
  } catch (error) {
    if (error instanceof DownloadError) return error.message;
    throw error;
  }
}
