import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { download, DownloadError } from "../../../toolchain/acquire/download";
import { useServer } from "../harness/file-server";
import { useSandbox } from "../harness/sandbox";
import { hashOf } from "../harness/things";

describe("a download", () => {
  const sandbox = useSandbox();
  const server = useServer();

  beforeEach(() => (server().answers["/file"] = "content"));

  for (const algorithm of ["sha1", "sha256", "sha512"]) {
    it(`is checked against ${algorithm}, and tells how far it is`, async () => {
      const file = join(sandbox().root, "file");
      await download(`${server().url}/file`, file, hashOf("content", algorithm), sandbox().say);
      assert.equal(readFileSync(file, "utf8"), "content");
      assert.deepEqual(sandbox().said, [`downloading ${server().url}/file: 0.0 of 0.0 MiB`]);
    });
  }

  it("is refused without a checksum that could be one", async () => {
    const file = join(sandbox().root, "file");
    await assert.rejects(download(`${server().url}/file`, file, "abc", sandbox().say), DownloadError);
    assert.deepEqual(server().requests, []);
  });
});
