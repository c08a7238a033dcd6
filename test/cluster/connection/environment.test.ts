import assert from "node:assert/strict";
import { delimiter } from "node:path";
import { readEnvironment } from "../../../cluster/connection/environment";

describe("the environment", () => {
  it("has the defaults of kubectl and minikube", () => {
    const environment = readEnvironment({}, "/home/a");
    assert.deepEqual(environment.kubeconfigs, ["/home/a/.kube/config"]);
    assert.equal(environment.minikubeHome, "/home/a/.minikube");
    assert.equal(environment.secretKeys.size, 0);
  });

  it("accepts a list of client configurations, and ignores empty entries", () => {
    const { kubeconfigs } = readEnvironment({ KUBECONFIG: ["/x", "", "/y"].join(delimiter) });
    assert.deepEqual(kubeconfigs, ["/x", "/y"]);
  });

  it("accepts MINIKUBE_HOME with and without .minikube at its end", () => {
    assert.equal(readEnvironment({ MINIKUBE_HOME: "/m" }).minikubeHome, "/m/.minikube");
    assert.equal(readEnvironment({ MINIKUBE_HOME: "/m/.minikube" }).minikubeHome, "/m/.minikube");
  });

  it("leaves Docker's variables as they are", () => {
    assert.equal(readEnvironment({ DOCKER_HOST: "tcp://a:1" }).docker["DOCKER_HOST"], "tcp://a:1");
  });

  it("undoes `minikube docker-env`, and restores the earlier variables", () => {
    const { docker } = readEnvironment({
      MINIKUBE_ACTIVE_DOCKERD: "m",
      DOCKER_HOST: "tcp://127.0.0.1:1",
      DOCKER_TLS_VERIFY: "1",
      MINIKUBE_EXISTING_DOCKER_HOST: "tcp://before:1",
      PATH: "/bin",
    });
    assert.equal(docker["DOCKER_HOST"], "tcp://before:1");
    assert.equal(docker["DOCKER_TLS_VERIFY"], undefined);
    assert.equal(docker["PATH"], "/bin");
  });
});
