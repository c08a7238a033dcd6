import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { connectCluster } from "../../cluster";
import { apisFor, clusterError } from "../../cluster/connection/kubernetes-client";
import { findContext } from "../../cluster/connection/kubeconfig";
import { readEnvironment, type Environment } from "../../cluster/connection/environment";
import { fakeApiServer, kubeconfigFor, profileFile, type Answers } from "../support/fake-cluster";
import { folderWith } from "../support/folder";
import { refusal } from "../support/problems";

const KUBE_SYSTEM = "/api/v1/namespaces/kube-system";
const answering: Answers = { [KUBE_SYSTEM]: { metadata: { name: "kube-system", uid: "the-id" } } };

interface Scene {
  readonly networks?: string[];
  readonly answers?: Answers;
  readonly profile?: string;
  readonly docker?: string;
}

/** Everything that `connectCluster` reads: client configuration, minikube's files, and a `docker` command. */
async function scene({
  answers = answering,
  profile = profileFile(),
  docker = "exit 1",
  networks = ["127.0.0.1/8", "::1/128"],
}: Scene = {}) {
  const server = await fakeApiServer(answers);
  const folder = folderWith({
    ...(profile !== "" && { ".minikube/profiles/m/config.json": profile }),
    "bin/docker": `#!/bin/sh\n${docker}\n`,
  });
  const variables = {
    KUBECONFIG: kubeconfigFor("m", server),
    MINIKUBE_HOME: folder,
    PATH: `${join(folder, "bin")}${delimiter}${process.env["PATH"]}`,
  };
  return readEnvironment(variables, folder, networks);
}

/** What the API server answers about nodes with these addresses. */
function nodes(addresses: Readonly<Record<string, string>>): Answers {
  const items = Object.entries(addresses).map(([name, address]) => ({
    metadata: { name },
    status: {
      addresses: [{ type: "InternalIP", address }],
      nodeInfo: { containerRuntimeVersion: "containerd://1.7.24" },
    },
  }));
  return { "/api/v1/nodes": { items } };
}

/** What `docker container inspect` prints for a node. */
function inspected(ports: object, running = true, addresses: readonly string[] = []): string {
  const Networks = Object.fromEntries(addresses.map((IPAddress) => [`net-${IPAddress}`, { IPAddress }]));
  const node = [{ Name: "/m", State: { Running: running }, NetworkSettings: { Ports: ports, Networks } }];
  return `cat <<'EOF'\n${JSON.stringify(node)}\nEOF`;
}

describe("connecting to the cluster", () => {
  it("finds the cluster's identity, its node and the local daemon", async () => {
    const cluster = await connectCluster({ context: "m" }, await scene());
    assert.equal(cluster.id, "the-id");
    assert.equal(cluster.kind.urlOf(30080).url, "http://192.168.49.2:30080");
    assert.equal(cluster.kind.images("api").builder.host, "unix:///var/run/docker.sock");
  });

  it("finds the daemon of a node that is a container, and its published ports", async () => {
    const ports = {
      "2376/tcp": [{ HostIp: "127.0.0.1", HostPort: "32771" }],
      "30080/tcp": [{ HostIp: "0.0.0.0", HostPort: "8080" }],
      "22/tcp": null,
    };
    const environment = await scene({ profile: profileFile({ driver: "docker" }), docker: inspected(ports) });
    const { kind } = await connectCluster({ context: "m" }, environment);
    const { builder } = kind.images("api");
    assert.equal(builder.host, "tcp://127.0.0.1:32771");
    assert.equal(builder.certPath, join(environment.minikubeHome, "certs"));
    const urls = [30080, 22, 30081].map((port) => kind.urlOf(port).url);
    assert.deepEqual(urls, ["http://127.0.0.1:8080", "http://192.168.49.2:22", "http://192.168.49.2:30081"]);
  });

  it("uses the node's own address if this machine is in its network: the address outlives a restart", async () => {
    const docker = inspected({ "2376/tcp": [{ HostIp: "127.0.0.1", HostPort: "32771" }] });
    const networks = ["127.0.0.1/8", "192.168.49.1/24"];
    const environment = await scene({ profile: profileFile({ driver: "docker" }), docker, networks });
    assert.equal(
      (await connectCluster({ context: "m" }, environment)).kind.images("api").builder.host,
      "tcp://192.168.49.2:2376",
    );
  });

  it("finds the daemon of a virtual machine at its address", async () => {
    const environment = await scene({ profile: profileFile({ driver: "kvm2", ips: ["10.0.0.7"] }) });
    assert.equal(
      (await connectCluster({ context: "m" }, environment)).kind.images("api").builder.host,
      "tcp://10.0.0.7:2376",
    );
  });

  it("refuses an unknown context, lists the known ones and suggests the nearest", async () => {
    const message = await refusal(connectCluster({ context: "n" }, await scene()));
    assert.match(message, /no Kubernetes context n\.[^]*allowed: m[^]*config set context m,/);
  });

  it("says how to make a cluster if there is no context at all", async () => {
    // A home of its own: the user may have a profile of that name.
    const environment = readEnvironment({ KUBECONFIG: "/nowhere/config" }, folderWith({}));
    assert.match(
      await refusal(connectCluster({ context: "minikube" }, environment)),
      /none: the kubeconfig has no context yet[^]*minikube start -p minikube/,
    );
  });

  it("refuses a cluster whose nodes are out of reach, also if a profile of its name was only half written", async () => {
    const refused = async (environment: Environment) => {
      const { kind } = await connectCluster({ context: "m" }, environment);
      assert.equal(kind.isMinikube, false);
      assert.throws(() => kind.images("api"), /can't get images that are built here/);
    };
    const docker = "echo '[]'; echo 'Error: No such container: m' >&2; exit 1";
    for (const profile of ["", "{"]) {
      const environment = await scene({
        answers: { ...answering, ...nodes({ m: "10.0.0.1" }) },
        profile,
        docker,
      });
      await refused(environment);
    }
    const namesake = await scene({
      answers: { ...answering, ...nodes({ m: "10.0.0.1" }) },
      profile: "",
      docker: inspected({}),
    });
    await refused(namesake);
    const hidden = await scene({ answers: { ...answering, "/api/v1/nodes": 403 }, profile: "" });
    await refused(hidden);
  });

  it("loads images into nodes that are containers, whatever made them", async () => {
    const docker = `[ $1 = context ] && echo unix:///host.sock || ${inspected({}, true, ["172.18.0.2"])}`;
    const answers = { ...answering, ...nodes({ m: "172.18.0.2" }) };
    const { kind } = await connectCluster({ context: "m" }, await scene({ answers, profile: "", docker }));
    const images = kind.images("api");
    assert.deepEqual([images.builder, images.pullPolicy], [{ host: "unix:///host.sock" }, "Never"]);
    assert.equal(kind.urlOf(30080).url, "http://172.18.0.2:30080");
  });

  it("refuses a minikube virtual machine without a Docker daemon that can be reached, or with several nodes", async () => {
    const refused = async (profile: string, reason: RegExp) => {
      const { kind } = await connectCluster({ context: "m" }, await scene({ profile }));
      assert.throws(() => kind.images("api"), reason);
    };
    const containerd = profileFile({ driver: "kvm2", runtime: "containerd" });
    await refused(
      containerd,
      /driver kvm2[^]*containerd[^]*minikube start -p another --container-runtime=docker/,
    );
    await refused(profileFile({ driver: "kvm2", ips: ["10.0.0.1", "10.0.0.2"] }), /2 node\(s\)/);
    await refused(profileFile({ driver: "podman" }), /driver podman[^]*allowed: docker, none/);
  });

  it("pushes to the registry that config names, whatever the cluster is", async () => {
    const docker = "echo unix:///host.sock";
    const environment = await scene({ answers: { ...answering, "/api/v1/nodes": 403 }, profile: "", docker });
    const { kind } = await connectCluster({ context: "m", registry: "example.org/team" }, environment);
    const images = kind.images("api");
    assert.deepEqual([images.builder, images.pullPolicy], [{ host: "unix:///host.sock" }, "IfNotPresent"]);
    assert.equal(images.nameOf("abc"), "example.org/team/api:abc");
  });

  it("refuses the default context if it leads to a cluster that isn't minikube's", async () => {
    const server = await fakeApiServer(answering);
    const environment = readEnvironment({ KUBECONFIG: kubeconfigFor("minikube", server) }, folderWith({}));
    const target = { context: "minikube", registry: "example.org/team" };
    assert.match(
      await refusal(connectCluster(target, environment)),
      /not one of minikube's[^]*rename-context/,
    );
  });

  it("says that the cluster is stopped if its container is stopped or gone", async () => {
    const profile = profileFile({ driver: "docker" });
    const stopped = /cluster m is stopped[^]*minikube start -p m/;
    assert.match(
      await refusal(connectCluster({ context: "m" }, await scene({ profile, docker: inspected({}, false) }))),
      stopped,
    );
    const gone = "echo 'Error: No such container: m' >&2; exit 1";
    assert.match(
      await refusal(connectCluster({ context: "m" }, await scene({ profile, docker: gone }))),
      stopped,
    );
  });

  it("says so also if `minikube stop` removed the context", async () => {
    const docker = inspected({}, false);
    const environment = await scene({ profile: profileFile({ driver: "docker" }), docker });
    const stopped = connectCluster({ context: "m" }, { ...environment, kubeconfigs: [] });
    assert.match(await refusal(stopped), /cluster m is stopped[^]*minikube start -p m/);
  });

  it("says that the kubeconfig lacks a cluster that runs: starting it would restart everything in it", async () => {
    const docker = inspected({ "2376/tcp": [{ HostIp: "127.0.0.1", HostPort: "32771" }] });
    const environment = await scene({ profile: profileFile({ driver: "docker" }), docker });
    const unknown = connectCluster({ context: "m" }, { ...environment, kubeconfigs: ["/nowhere"] });
    const message = await refusal(unknown);
    assert.match(message, /cluster m runs, but[^]*where: +\/nowhere\n[^]*do: +minikube update-context -p m$/);
  });

  it("passes on the docker command's own error", async () => {
    const docker = "echo 'Cannot connect to the Docker daemon' >&2; exit 1";
    const environment = await scene({ profile: profileFile({ driver: "docker" }), docker });
    assert.match(
      await refusal(connectCluster({ context: "m" }, environment)),
      /Cannot connect to the Docker daemon[^]*docker ps/,
    );
  });

  it("reports a cluster that refuses to answer", async () => {
    const message = await refusal(
      connectCluster({ context: "m" }, await scene({ answers: { [KUBE_SYSTEM]: 401 } })),
    );
    assert.match(message, /HTTP 401[^]*minikube start -p m/);
  });

  it("says which right a user lacks", async () => {
    const refused = connectCluster({ context: "m" }, await scene({ answers: { [KUBE_SYSTEM]: 403 } }));
    assert.match(await refusal(refused), /The cluster refuses: [^]*allowed: a user with the rights[^]*do: /);
  });

  it("says that a later request wasn't answered in time, and leaves every other error as it is", async () => {
    const aborted = await fetch("http://127.0.0.1:9", { signal: AbortSignal.abort() }).catch(
      (error: unknown) => error,
    );
    assert.match(
      clusterError(aborted)?.message ?? "",
      /didn't answer a request within 3 s[^]*do: +run the same/,
    );
    assert.equal(clusterError(new Error("another")), undefined);
  });

  it("says that a later request failed at the API server, or on the way there", async () => {
    const path = "/api/v1/namespaces/shop/pods";
    const ask = async (server: string) => {
      const { client } = await findContext([kubeconfigFor("m", server)], "m");
      const asked = (await apisFor(client)).core.listNamespacedPod({ namespace: "shop" });
      return clusterError(await asked.catch((error: unknown) => error))?.message ?? "";
    };
    const again = "\n  do:      run the same command again once the cluster is less busy";
    const answers = [429, 503].map(async (status) => ask(await fakeApiServer({ [path]: status })));
    const [busy = "", broken = ""] = await Promise.all(answers);
    assert.ok(busy.startsWith("The cluster failed to answer a request: HTTP 429") && busy.endsWith(again));
    assert.ok(broken.startsWith("The cluster failed to answer a request: HTTP 503"), broken);
    assert.match(await ask("http://127.0.0.1:9"), /^The cluster failed to answer a request: .*ECONNREFUSED/);
    assert.equal(await ask(await fakeApiServer({ [path]: 400 })), ""); // a bug, which needs its stack
  });

  it("gives up on a cluster that never answers within 5 seconds", async () => {
    const environment = await scene({ answers: { [KUBE_SYSTEM]: "never" } });
    const start = performance.now();
    assert.match(
      await refusal(connectCluster({ context: "m" }, environment)),
      /doesn't answer[^]*minikube start -p m/,
    );
    assert.ok(performance.now() - start < 5000);
  });
});
