import assert from "node:assert/strict";
import { urlOf } from "../../../cluster/kinds/minikube/url";

const workload = { name: "api", namespace: "shop" };

function cluster(driver: string, published?: string) {
  const profile = { name: "m", driver, runtime: "docker", nodeIps: ["192.168.49.2"] };
  return { profile, daemon: { host: "", published: () => published } };
}

describe("the URL", () => {
  it("is the port that is published on this machine", () => {
    assert.deepEqual(urlOf(cluster("docker", "127.0.0.1:8080"), workload, 30080, "darwin"), {
      url: "http://127.0.0.1:8080",
    });
  });

  it("is the node's own address on Linux", () => {
    assert.deepEqual(urlOf(cluster("docker"), workload, 30080, "linux"), {
      url: "http://192.168.49.2:30080",
    });
  });

  it("is the node's own address where the node is a machine", () => {
    assert.deepEqual(urlOf(cluster("hyperkit"), workload, 30080, "darwin"), {
      url: "http://192.168.49.2:30080",
    });
  });

  it("comes with a warning where that can't be reached", () => {
    const { warning } = urlOf(cluster("docker"), workload, 30080, "darwin");
    assert.match(warning ?? "", /minikube service api -n shop --url -p m .*--ports=127\.0\.0\.1:30080:30080/);
  });
});
