import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { registryStore } from "../../../cluster/kinds";
import { readEnvironment } from "../../../cluster/connection/environment";
import { folderWith } from "../../support/folder";
import { refusal } from "../../support/problems";

const basic = (login: string) => Buffer.from(login).toString("base64");
const host = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";

/** The daemon asks the registry. It accepts one on loopback without TLS. */
describe("a registry that is asked by the Docker daemon", () => {
  let server: Server;
  let wanted: string | undefined;
  before(async function () {
    if (spawnSync("docker", ["version"]).status !== 0) this.skip();
    // https://distribution.github.io/distribution/spec/api/#api-version-check
    server = createServer(({ headers }, response) => {
      const isMe = wanted === undefined || headers.authorization === `Basic ${basic(wanted)}`;
      response.writeHead(isMe ? 200 : 401, { "www-authenticate": "Basic realm=test" }).end("{}");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  after(() => server?.close());

  /** Checks with this login in Docker's config. */
  function check(login?: string, registry = `127.0.0.1:${(server.address() as AddressInfo).port}`) {
    const auths = login === undefined ? {} : { [registry]: { auth: basic(login) } };
    const config = folderWith({ "config.json": JSON.stringify({ auths }) });
    const environment = readEnvironment({ PATH: process.env["PATH"], DOCKER_CONFIG: config });
    return registryStore(`${registry}/team`, { host }, environment).check();
  }

  it("is accepted, with credentials or without", async () => {
    wanted = undefined;
    assert.equal(await check(), false);
    wanted = "me:hunter2";
    assert.equal(await check("me:hunter2"), true);
  });

  it("causes one clear error if it refuses the credentials, without their value", async () => {
    wanted = "me:hunter2";
    for (const login of [undefined, "me:hunter3"]) {
      const message = await refusal(check(login));
      assert.match(
        message,
        /The registry 127\.0\.0\.1:\d+ can't be asked: .*(no basic auth credentials|401 Unauthorized)\n/,
      );
      assert.match(message, /do: +docker login 127\.0\.0\.1:\d+/);
      assert.doesNotMatch(message, new RegExp(`hunter|${basic("me:hunter3")}`));
    }
  });

  it("causes one clear error if it doesn't answer", async () => {
    assert.match(
      await refusal(check("me:hunter2", "127.0.0.1:9")),
      /127\.0\.0\.1:9 can't be asked: .*refused/,
    );
  });
});
