import { fetch } from "undici";
import { ANSWER_TIMEOUT_MS, dispatcher } from "../acquire/download";

/**
 * Whether an image registry can be reached: any answer to the distribution API's base will do.
 * See https://distribution.github.io/distribution/spec/api/#api-version-check
 */
export async function canReachRegistry(host: string): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const { body } = await fetch(`https://${host}/v2/`, { dispatcher, signal });
    await body?.cancel();
    return true;
  } catch {
    return false;
  }
}
