import assert from "node:assert/strict";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import type { Workspace } from "@pulumi/pulumi/automation";
import { statePaths } from "../../../commands/state/paths";
import { StateFolder } from "../../support/state-folder";

describe("the files of a stack's state", () => {
  let folder: StateFolder;
  beforeEach(() => {
    folder = new StateFolder();
    folder.write(folder.path("meta.yaml"), "version: 1\n");
  });

  /** A workspace of the Automation API. The calls of these tests need no engine. */
  function workspace(url: string): Workspace {
    const settings = { name: "project", runtime: "nodejs", backend: { url } };
    return { workDir: folder.root, projectSettings: () => Promise.resolve(settings) } as unknown as Workspace;
  }

  const paths = (url: string, env: NodeJS.ProcessEnv = {}) => statePaths(workspace(url), "dev", env);

  it("are the project's folder in the backend", async () => {
    assert.deepEqual(await paths(`file://${folder.root}`), folder.paths);
    assert.deepEqual(await paths("file://./?no_tmp_dir=true"), folder.paths, "relative to the project");
    const escaped = folder.root.replace("state", "st%61te");
    assert.deepEqual(await paths(`file://${escaped}`), folder.paths, "escaped as in any URL");
  });

  it("are those of the backend that the environment names, before the project's", async () => {
    const there = { PULUMI_BACKEND_URL: `file://${folder.root}` };
    assert.deepEqual(await paths("file:///nowhere", there), folder.paths);
    assert.deepEqual(await paths(`file://${folder.root}`, { PULUMI_BACKEND_URL: "" }), folder.paths);
  });

  it("are in no folder if the backend is none, or an old one", async () => {
    assert.equal(await paths("https://api.pulumi.com"), undefined);
    assert.equal(await paths("file:///nowhere"), undefined);
    folder.write(folder.path("meta.yaml"), "version: 0\n");
    assert.equal(await paths(`file://${folder.root}`), undefined);
  });

  it("with ~ are in the account's own home, whatever HOME says, as for the engine", async () => {
    const before = process.env.HOME;
    process.env.HOME = folder.root;
    try {
      assert.equal(homedir(), folder.root);
      const found = await paths("file://~");
      assert.notEqual(found?.file, folder.paths.file);
      if (found !== undefined) assert.ok(found.file.startsWith(join(userInfo().homedir, ".pulumi")));
    } finally {
      process.env.HOME = before;
    }
  });
});
