import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { download, DownloadError } from "../../../toolchain/acquire/download";
import { useServer } from "../../support/file-server";
import { useSandbox } from "../../support/sandbox";
import { hashOf } from "../../support/example-tool";

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

  for (const [how, answer, reason] of [
    ["refuses", "HTTP/1.1 403 No\r\n\r\n", "Proxy response (403)"],
    ["closes the connection", "", "the proxy fails: other side closed"],
  ] as const) {
    it(`goes through the proxy that is set, and says so if that ${how}`, async () => {
      const connects: string[] = [];
      const proxy = createServer();
      proxy.on("connect", ({ url = "" }, socket) => {
        connects.push(url);
        socket.end(answer);
      });
      await once(proxy.listen(0, "127.0.0.1"), "listening");
      const module = JSON.stringify(join(__dirname, "..", "..", "..", "toolchain", "acquire", "download"));
      const code = `require(${module}).downloadText("https://example.invalid/file").catch(({ message }) => console.log(message))`;
      const env = {
        ...process.env,
        HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      };
      const options = { env, timeout: 8_000 };
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ["--import", "tsx", "-e", code],
        options,
      ).finally(() => proxy.close());
      assert.ok(stdout.startsWith(`example.invalid can't be reached (${reason}`), stdout);
      assert.deepEqual(connects, ["example.invalid:443"]);
    });
  }

  it("is refused without a checksum that could be one", async () => {
    const file = join(sandbox().root, "file");
    await assert.rejects(download(`${server().url}/file`, file, "abc", sandbox().say), DownloadError);
    assert.deepEqual(server().requests, []);
  });
});
