import assert from "node:assert/strict";
import { urlOf } from "../../../cluster/kinds/url";

function node(isContainer: boolean, published?: string) {
  return { address: "192.168.49.2", isContainer, published: () => published };
}

describe("the URL", () => {
  it("is the port that is published on this machine", () => {
    assert.deepEqual(urlOf(node(true, "127.0.0.1:8080"), 30080, "darwin"), {
      url: "http://127.0.0.1:8080",
    });
  });

  it("is the node's own address on Linux", () => {
    assert.deepEqual(urlOf(node(true), 30080, "linux"), { url: "http://192.168.49.2:30080" });
  });

  it("is the node's own address if the node is a virtual machine", () => {
    assert.deepEqual(urlOf(node(false), 30080, "darwin"), { url: "http://192.168.49.2:30080" });
  });

  it("comes with a warning if that address can't be reached", () => {
    const { warning } = urlOf(node(true), 30080, "darwin");
    assert.match(warning ?? "", /can't be reached from this machine\. Run: npm run forward$/);
  });
});
