import assert from "node:assert/strict";
import { downloadText } from "../../../toolchain/acquire/download";
import { FileServer } from "../../support/file-server";

/** Less than this, in milliseconds, and nobody has waited: a request to the same server would take five seconds. */
const AT_ONCE_MS = 4_000;

/** Takes connections and never answers. It is asked before the first test, and waited for while the others run. */
const server = new FileServer({ "/never": () => {} });
let first: Promise<{ reason: string; elapsed: number }>;

before(async () => {
  await server.start();
  first = timed(downloadText(`${server.url}/never`));
});

after(() => server.stop());

describe("a server that does not answer", () => {
  const reason = () => `${new URL(server.url).host} can't be reached (no answer within 5 s)`;

  it("is given up within 5 s", async () => {
    assert.equal((await first).reason, reason());
  });

  it("is not waited for a second time", async () => {
    await first;
    const second = await timed(downloadText(`${server.url}/another`));
    assert.equal(second.reason, reason());
    assert.ok(second.elapsed < AT_ONCE_MS, `${second.elapsed} ms`);
    assert.deepEqual(server.requests, ["/never"]);
  });
});

async function timed(download: Promise<unknown>): Promise<{ reason: string; elapsed: number }> {
  const started = Date.now();
  const reason = await download.then(
    () => "answered",
    (error: Error) => error.message,
  );
  return { reason, elapsed: Date.now() - started };
}
