import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import Docker from "dockerode";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import assert from "node:assert/strict";
import fs from "node:fs";
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { ANNOUNCEMENT } from "../../../toolchain/offline/docker-stand-in/methods";
import { isStandIn } from "../../../toolchain/acquire/cache";
import { bundleStandIn, isCurrentStandIn } from "../../../toolchain/offline/docker-stand-in/install";
import type { Properties } from "../../../toolchain/offline/docker-stand-in/properties";
import { fromStruct, toStruct } from "../../../toolchain/offline/docker-stand-in/properties";
import { folderWith } from "../../support/folder";
import { endsWithItsEngine, startPlugin, type RunningPlugin } from "../../support/plugin-client";

const VERSION = "5.2.0";
const NAME = "docker-stand-in-test:1";
const urn = (type: string) => `urn:pulumi:dev::demo::${type}::service`;
const IMAGE = urn("docker:index/image:Image");

describe("docker stand-in, installed and started", () => {
  let root: string;
  let executable: string;
  let plugin: RunningPlugin;

  const inputs = (more: object = {}): Properties => ({
    imageName: NAME,
    skipPush: true,
    build: {
      context: path.join(root, "context"),
      dockerfile: path.join(root, "context", "Dockerfile"),
      platform: `linux/${process.arch === "x64" ? "amd64" : process.arch}`,
      builderVersion: "BuilderBuildKit",
    },
    ...more,
  });
  const buildInputs = (more: object) => inputs({ build: { ...(inputs()["build"] as object), ...more } });
  const dockerfile = (...lines: string[]) =>
    fs.writeFileSync(path.join(root, "context", "Dockerfile"), lines.join("\n"));
  const check = (news: Properties, of = IMAGE) =>
    plugin.call<rpc.CheckRequest, rpc.CheckResponse>(
      "check",
      new rpc.CheckRequest().setUrn(of).setNews(toStruct(news)),
    );
  const checked = async (news: Properties) => fromStruct((await check(news)).getInputs());
  const create = async (news: Properties, preview = false) => {
    const request = new rpc.CreateRequest().setUrn(IMAGE).setPreview(preview);
    const response = await plugin.call<rpc.CreateRequest, rpc.CreateResponse>(
      "create",
      request.setProperties(toStruct(news)),
    );
    return { id: response.getId(), outputs: fromStruct(response.getProperties()) };
  };
  const configure = (host: string) => {
    const request = new rpc.ConfigureRequest();
    request.getVariablesMap().set("docker:config:host", host);
    return plugin.call<rpc.ConfigureRequest, rpc.ConfigureResponse>("configure", request);
  };

  before(async () => {
    root = folderWith({});
    fs.mkdirSync(path.join(root, "context"));
    executable = await bundleStandIn(path.join(root, "plugin"), VERSION);
    plugin = await startPlugin(executable);
  });
  after(() => plugin.stop());
  // Named after this run's folder, so that an earlier run's cache has nothing of it.
  beforeEach(() => dockerfile("FROM scratch", "COPY . /", `LABEL run=${root}`));

  it("does not outlive an engine that is killed", () => endsWithItsEngine(executable));

  it("can be told from the real plugin, and from an older one of its kind", async () => {
    assert.ok(isStandIn(path.join(root, "plugin")));
    assert.ok(!isStandIn(path.join(root, "context")));
    assert.ok(await isCurrentStandIn(path.join(root, "plugin"), VERSION));
    assert.ok(!(await isCurrentStandIn(path.join(root, "plugin"), "5.3.0")));
  });

  it("says the version it was made for", async () => {
    const info = await plugin.call<Empty, PluginInfo>("getPluginInfo", new Empty());
    assert.equal(info.getVersion(), VERSION);
  });

  it("names a daemon that does not answer once there is something to build", async () => {
    await configure("unix:///nowhere.sock");
    const news = await checked(inputs());
    await assert.rejects(create(news, false), /daemon at unix:\/\/\/nowhere\.sock doesn't answer: .*ENOENT/);
  });

  it("never replaces the provider for another address", async () => {
    const request = new rpc.DiffRequest().setUrn(urn("pulumi:providers:docker"));
    request.setOlds(toStruct({ host: "tcp://a:1" })).setNews(toStruct({ host: "tcp://a:2" }));
    const diff = await plugin.call<rpc.DiffRequest, rpc.DiffResponse>("diffConfig", request);
    assert.equal(diff.getChanges(), rpc.DiffResponse.DiffChanges.DIFF_SOME);
    assert.deepEqual(diff.getReplacesList(), []);
  });

  it("announces itself once, however often it is asked", async () => {
    await check(inputs());
    await check(inputs());
    await create(inputs(), true);
    assert.equal(plugin.logged.filter(({ message }) => message === ANNOUNCEMENT).length, 1);
  });

  it("refuses inputs with the input's name", async () => {
    const [failure] = (await check(inputs({ skipPush: false }))).getFailuresList();
    assert.match(failure?.getReason() ?? "", /^skipPush: /);
  });

  it("refuses other resources, and says which plugin has them", async () => {
    const other = check({ name: "a" }, urn("docker:index/container:Container"));
    await assert.rejects(
      other,
      /docker:index\/container:Container: .*supports only docker\.Image.*pulumi-resource-docker is on PATH/,
    );
  });

  it("does nothing in a preview", async () => {
    const news = await checked(inputs());
    assert.deepEqual(await create(news, true), { id: "", outputs: news });
  });

  describe("with the daemon", () => {
    before(async function () {
      const docker = new Docker();
      const answers = await docker.ping().then(
        () => true,
        () => false,
      );
      if (!answers) {
        console.log("      no Docker daemon answers here");
        this.skip();
      }
      await configure(process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock");
    });
    afterEach(() =>
      new Docker()
        .getImage(NAME)
        .remove({ force: true })
        .catch(() => undefined),
    );

    it("builds, shows the output in its order, reads back, updates and leaves the image on delete", async () => {
      const news = await checked(inputs());
      const { id, outputs } = await create(news);
      const { Id } = await new Docker().getImage(NAME).inspect();
      assert.equal(id, NAME);
      assert.deepEqual(
        { ...outputs, __inputs: undefined },
        {
          imageName: NAME,
          baseImageName: NAME,
          registryServer: "",
          context: path.join(root, "context"),
          dockerfile: "Dockerfile",
          platform: (news["build"] as Properties)["platform"],
          repoDigest: Id,
          __inputs: undefined,
        },
      );
      const said = plugin.logged.map(({ message }) => message).join("\n");
      assert.match(said, /load remote build context[^]*\[1\/1\] COPY \. \/[^]*exporting to image/);

      dockerfile("FROM scratch", "COPY . /", "LABEL step=2");
      const request = new rpc.UpdateRequest().setUrn(IMAGE).setId(id);
      request.setOlds(toStruct(outputs)).setNews(toStruct(await checked(inputs())));
      const updated = await plugin.call<rpc.UpdateRequest, rpc.UpdateResponse>("update", request);
      assert.notEqual(fromStruct(updated.getProperties())["repoDigest"], Id);

      const read = new rpc.ReadRequest().setUrn(IMAGE).setId(id).setProperties(toStruct(outputs));
      const found = await plugin.call<rpc.ReadRequest, rpc.ReadResponse>("read", read);
      assert.deepEqual(fromStruct(found.getProperties()), outputs);
      await plugin.call("delete", new rpc.DeleteRequest().setUrn(IMAGE).setId(id));
      await new Docker().getImage(NAME).inspect();
      await new Docker().getImage(Id).remove(); // the update took its name
    });

    it("says the last lines of a build that failed", async () => {
      dockerfile("FROM scratch", "LABEL before=1", "COPY missing /");
      const failed = create(await checked(inputs()));
      await assert.rejects(
        failed,
        /image build failed: .*missing[^]*last lines[^]*load remote build context/,
      );
    });

    it("has the daemon's own frontend read a Dockerfile that asks for the official one", async () => {
      dockerfile("# syntax=docker/dockerfile:1", "# escape=`", "FROM scratch", "COPY `", " Dockerfile /");
      await create(await checked(inputs()));
    });

    it("says what to do about heredocs that the daemon can't read", async function () {
      if (Number.parseInt((await new Docker().version()).Version, 10) >= 23) this.skip();
      dockerfile("FROM scratch", "COPY <<E /hello", "hello", "E");
      const failed = create(await checked(inputs()));
      await assert.rejects(failed, /older than 23 and reads no heredocs[^]*unknown instruction: HELLO/);
    });

    it("aborts a build that is cancelled", async () => {
      dockerfile("FROM scratch", "COPY . /");
      const news = await checked(inputs());
      const building = create(news);
      await plugin.call("cancel", new Empty());
      await assert.rejects(building, /the build was cancelled/);
      await plugin.stop();
      plugin = await startPlugin(executable);
      await configure(process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock");
    });

    it("builds with BuildKit: modes, arguments, the stage that is asked for and no other", async () => {
      fs.writeFileSync(path.join(root, "context", "file"), "1");
      dockerfile(
        "FROM scratch AS broken",
        "COPY missing /",
        "FROM scratch AS wanted",
        "ARG NAME TARGETARCH",
        "COPY --chmod=640 file /$NAME-$TARGETARCH",
        "FROM scratch AS last",
        "COPY missing /",
      );
      await create(await checked(buildInputs({ target: "wanted", args: { NAME: "a" } })));
      const arch = process.arch === "x64" ? "amd64" : process.arch;
      const container = await new Docker().createContainer({ Image: NAME, Cmd: ["none"] });
      try {
        const stat = (await container.infoArchive({ path: `/a-${arch}` })) as IncomingMessage;
        stat.resume(); // until it is read, its connection stays open, and this process alive
        const header = String(stat.headers["x-docker-container-path-stat"]);
        const { mode } = JSON.parse(Buffer.from(header, "base64").toString()) as { mode: number };
        assert.equal(mode & 0o777, 0o640);
      } finally {
        await container.remove();
      }
    });
  });
});
