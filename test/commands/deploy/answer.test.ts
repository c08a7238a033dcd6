import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { waitForUrl } from "../../../commands/deploy";
import { waitForAnswer } from "../../../commands/deploy/answer";
import type { RunStep } from "../../../toolchain/step";
import { configOf } from "../../support/config";
import { workloadWith } from "../../support/rollout";

describe("waiting for the URL", () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function urlOf(listening: Server): Promise<string> {
    server = listening.listen(0, "127.0.0.1");
    await once(server, "listening");
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @returns the messages while waiting */
  async function waitFor(url: string, config: Readonly<Record<string, string>>): Promise<string[]> {
    const said: string[] = [];
    await waitForAnswer(url, workloadWith(config), (text) => void said.push(text));
    return said;
  }

  /** Answers with each status in turn, and with the last one again and again. */
  function answering(...statuses: number[]): RequestListener {
    return (request, response) => {
      const status = statuses.length > 1 ? statuses.shift() : statuses[0];
      response.writeHead(request.url === "/ready" ? status! : 404, { location: "https://login.invalid/" });
      response.end();
    };
  }

  it("counts a redirect as an answer, as the kubelet does, and doesn't follow it", async () => {
    const url = await urlOf(createHttpServer(answering(302)));
    assert.deepEqual(await waitFor(url, { readyPath: "/ready" }), []);
  });

  it("goes on while the ready path answers with a status that the kubelet wouldn't accept", async () => {
    const url = await urlOf(createHttpServer(answering(503, 404, 200)));
    assert.deepEqual(await waitFor(url, { readyPath: "/ready" }), [
      `waiting for ${url}/ready: answered 503`,
      `waiting for ${url}/ready: answered 404`,
    ]);
  });

  for (const ready of ['{"tcp":6379}', '{"command":["redis-cli","ping"]}']) {
    it(`accepts a connection that stays open if readiness is ${ready}`, async () => {
      const kept: Socket[] = [];
      const url = await urlOf(
        createServer((socket) => {
          // Docker accepts, and closes again while no pod is behind the port.
          if (kept.push(socket) === 1) socket.destroy();
        }),
      );
      assert.deepEqual(await waitFor(url, { ready }), [`waiting for ${url}: the connection was closed`]);
      kept.forEach((socket) => socket.destroy());
    });
  }

  it("is skipped if the URL can't be reached from this machine: the program has already said what to do", async () => {
    const outcomes: string[] = [];
    const runStep: RunStep = async (_, step) => {
      const result = await step(() => {});
      outcomes.push(String(result));
      return result;
    };
    const unreachable = { url: "http://192.0.2.1:30080", urlWarning: "Run: minikube service api --url" };
    await waitForUrl(unreachable, configOf(), runStep);
    assert.deepEqual(outcomes, ["deployed, and not asked"]);
  });
});
