import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { forwardPort } from "../../../cluster/connection/port-forward";
import { refusal } from "../../support/problems";

const another = "choose another";

describe("a forwarded port", () => {
  it("closes a connection that leads to no pod, and goes on listening", async () => {
    const server = await forwardPort({ port: 0, another }, new KubeConfig(), () => []);
    const { address, port } = server.address() as AddressInfo;
    assert.equal(address, "127.0.0.1");
    for (const attempt of [1, 2]) {
      const socket = connect(port, address).resume();
      await once(socket, "close");
      assert.ok(server.listening, `after connection ${attempt}`);
    }
    server.close();
  });

  it("is refused if another program has it, with what to type", async () => {
    const server = await forwardPort({ port: 0, another }, new KubeConfig(), () => []);
    const { port } = server.address() as AddressInfo;
    const message = await refusal(forwardPort({ port, another }, new KubeConfig(), () => []));
    assert.match(
      message,
      new RegExp(`The port ${port} of 127\\.0\\.0\\.1 [^]*EADDRINUSE[^]*do: +choose another$`),
    );
    server.close();
  });
});
