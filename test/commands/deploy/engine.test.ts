import assert from "node:assert/strict";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import { deploy, destroy, refresh, UpdateError } from "../../../commands/deploy/engine";

/** The plugin's words (provider.go) after `kubectl config rename-context`. */
const UNREACHABLE =
  "configured Kubernetes cluster is unreachable: … Preview failed due to unreachable cluster";

const STACK = "pulumi:pulumi:Stack";

describe("the engine, and the context in the state", () => {
  /** A stack that notes the arguments of each call. Its calls fail with these errors, one after the other. */
  function stackThatFails(...errors: readonly string[]) {
    const calls: { runProgram?: boolean; onEvent?: (event: EngineEvent) => void }[] = [];
    const call = (options: (typeof calls)[number]) => {
      const message = errors[calls.push(options) - 1];
      if (message === undefined) return Promise.resolve({ outputs: {}, summary: {} });
      options.onEvent?.({ diagnosticEvent: { severity: "error", message } } as EngineEvent);
      return Promise.reject(new Error("code: 255"));
    };
    const stack = { name: "dev", up: call, destroy: call, refresh: call } as unknown as Stack;
    return { stack, ways: () => calls.map(({ runProgram }) => runProgram) };
  }

  for (const [name, update] of [
    ["destroy", (stack: Stack) => destroy(stack, () => {})],
    ["refresh", (stack: Stack) => refresh(stack, () => {})],
  ] as const) {
    it(`${name} goes through the state, and asks the program if that context is gone`, async () => {
      const found = stackThatFails();
      await update(found.stack);
      assert.deepEqual(found.ways(), [undefined]);
      const gone = stackThatFails(UNREACHABLE);
      await update(gone.stack);
      assert.deepEqual(gone.ways(), [undefined, true]);
    });

    it(`${name} fails with the engine's words if the program doesn't know either, or for another reason`, async () => {
      const gone = stackThatFails(UNREACHABLE, UNREACHABLE);
      await assert.rejects(update(gone.stack), UpdateError);
      assert.equal(gone.ways().length, 2);
      const broken = stackThatFails("a <{%fg 1%}>quota<{%reset%}>");
      await assert.rejects(update(broken.stack), /failed:\n\na quota/);
      assert.equal(broken.ways().length, 1);
    });
  }

  it("up asks the program at once, and fails with the engine's words", async () => {
    const broken = stackThatFails("a <{%fg 1%}>quota<{%reset%}>");
    await assert.rejects(
      deploy(broken.stack, () => {}, { rebuild: undefined }),
      /failed:\n\na quota/,
    );
    assert.deepEqual(broken.ways(), [true]);
  });
});

describe("an update", () => {
  it("passes on the program's messages, such as its target cluster, but not the plugins' messages about resources", async () => {
    const messages = [
      { severity: "info", message: "Deploying to the cluster prod\n" },
      { severity: "warning", message: "<{%fg 1%}>2 pods fill the cluster<{%reset%}>\n" },
      { severity: "info", message: "[1/2] Waiting for app ReplicaSet\n", urn: "urn:pulumi:dev::shop::a::b" },
      { severity: "debug", message: "Registering resource\n" },
      { severity: "info#err", message: "(node:1) ExperimentalWarning\n" },
    ];
    const up = ({ onEvent }: { onEvent: (event: unknown) => void }) => {
      messages.forEach((diagnosticEvent) => onEvent({ diagnosticEvent }));
      return Promise.resolve();
    };
    const notices: string[] = [];
    const say = (line: string, kind?: string) => void (kind === "notice" && notices.push(line));
    await deploy({ name: "dev", up } as unknown as Stack, say, {});
    assert.deepEqual(notices, ["Deploying to the cluster prod", "2 pods fill the cluster"]);
  });

  it("shows what the engine prints, but not the dots with which it waits, nor which stack a warning is of", async () => {
    const up = ({ onOutput }: { onOutput: (text: string) => void }) => {
      ["@ updating", "....", "\n ~  Deployment api updating (1/2 Pods available)\n@ updating.....\n"].forEach(
        onOutput,
      );
      onOutput("    pulumi:pulumi:Stack shop-dev running warning: Waiting up to 120 s\n");
      onOutput(" +  pulumi:pulumi:Stack shop-dev creating (9s) warning: Waiting for long\n");
      return Promise.resolve();
    };
    const lines: string[] = [];
    await deploy({ name: "dev", up } as unknown as Stack, (line) => void lines.push(line), {});
    assert.deepEqual(lines, [
      "~  Deployment api updating (1/2 Pods available)",
      "Waiting up to 120 s",
      "Waiting for long",
    ]);
  });

  it("has the stack's outputs and the changes from its events: the CLI isn't started again for them", async () => {
    const outputs = (url: string) => ({
      resOutputsEvent: { metadata: { type: STACK, new: { outputs: { url } } } },
    });
    const summaryEvent = { resourceChanges: { same: 9, update: 1 } };
    const up = ({ onEvent }: { onEvent: (event: unknown) => void }) => {
      [outputs("before"), outputs("after"), { summaryEvent }].forEach(onEvent);
      return Promise.resolve();
    };
    const updated = await deploy({ name: "dev", up } as unknown as Stack, () => {}, { rebuild: undefined });
    assert.deepEqual(updated, { outputs: { url: "after" }, changes: "1 update" });
  });
});
