import assert from "node:assert/strict";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import type { Workspace } from "@pulumi/pulumi/automation";
import { statePlace } from "../../../commands/state/place";
import { StateFolder } from "./folder";

describe("the place of a stack's state", () => {
  let folder: StateFolder;
  beforeEach(() => {
    folder = new StateFolder();
    folder.write(folder.path("meta.yaml"), "version: 1\n");
  });
  afterEach(() => folder.remove());

  /** As the Automation API has it: what is asked of it here needs no engine. */
  function workspace(url: string): Workspace {
    const settings = { name: "project", runtime: "nodejs", backend: { url } };
    return { workDir: folder.root, projectSettings: () => Promise.resolve(settings) } as unknown as Workspace;
  }

  const place = (url: string, env: NodeJS.ProcessEnv = {}) => statePlace(workspace(url), "dev", env);

  it("is the project's folder in the backend", async () => {
    assert.deepEqual(await place(`file://${folder.root}`), folder.place);
    assert.deepEqual(await place("file://./?no_tmp_dir=true"), folder.place, "relative to the project");
    const escaped = folder.root.replace("state", "st%61te");
    assert.deepEqual(await place(`file://${escaped}`), folder.place, "escaped as in any URL");
  });

  it("is the one that the environment names, before the project's", async () => {
    const there = { PULUMI_BACKEND_URL: `file://${folder.root}` };
    assert.deepEqual(await place("file:///nowhere", there), folder.place);
    assert.deepEqual(await place(`file://${folder.root}`, { PULUMI_BACKEND_URL: "" }), folder.place);
  });

  it("is in no folder where the backend is none, or is laid out as long ago", async () => {
    assert.equal(await place("https://api.pulumi.com"), undefined);
    assert.equal(await place("file:///nowhere"), undefined);
    folder.write(folder.path("meta.yaml"), "version: 0\n");
    assert.equal(await place(`file://${folder.root}`), undefined);
  });

  it("with ~ is in the account's own home, whatever HOME says: so the engine has it", async () => {
    const before = process.env.HOME;
    process.env.HOME = folder.root;
    try {
      assert.equal(homedir(), folder.root);
      const found = await place("file://~");
      assert.notEqual(found?.file, folder.place.file);
      if (found !== undefined) assert.ok(found.file.startsWith(join(userInfo().homedir, ".pulumi")));
    } finally {
      process.env.HOME = before;
    }
  });
});
