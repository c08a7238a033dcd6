import assert from "node:assert/strict";
import { join } from "node:path";
import { findContext } from "../../../cluster/connection/kubeconfig";
import { folderWith } from "../../support/folder";
import { refusal } from "../../support/problems";

/** Kubeconfigs as minikube writes them: with paths, and with `--embed-certs` with data. */
const files = {
  paths: `
clusters: [{ name: m, cluster: { server: "https://10.0.0.1:8443", certificate-authority: ca.crt } }]
users: [{ name: m, user: { client-certificate: certs/client.crt, client-key: certs/client.key } }]
contexts: [{ name: m, context: { cluster: m, user: m, namespace: default } }]
current-context: other
`,
  data: `
clusters: [{ name: m, cluster: { server: "https://10.0.0.2:8443", certificate-authority-data: ${base64("the ca")} } }]
users: [{ name: e, user: { client-certificate-data: ${base64("a cert")}, client-key-data: ${base64("a key")} } }]
contexts: [{ name: m, context: { cluster: m, user: e } }, { name: e, context: { cluster: m, user: e } }]
`,
  empty: "apiVersion: v1\nkind: Config\nclusters: null\ncontexts: null\nusers: null\n",
  broken: "clusters: [",
  "ca.crt": "a ca",
  "certs/client.crt": "a certificate",
  "certs/client.key": "a private key",
};

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

describe("client configuration", () => {
  let at: (name: string) => string;

  before(() => {
    const folder = folderWith(files);
    at = (name) => join(folder, name);
  });

  it("has the server and the certificates, whose paths are relative to the file", async () => {
    const { file, cluster, client } = await findContext([at("paths")], "m");
    assert.deepEqual([file, cluster], [at("paths"), "m"]);
    const { server, caFile, skipTLSVerify } = client.getCurrentCluster() ?? {};
    assert.deepEqual([server, caFile], ["https://10.0.0.1:8443", at("ca.crt")]);
    assert.notEqual(skipTLSVerify, true);
    const { certFile, keyFile } = client.getCurrentUser() ?? {};
    assert.deepEqual([certFile, keyFile], [at("certs/client.crt"), at("certs/client.key")]);
  });

  it("accepts inline certificates", async () => {
    const { client } = await findContext([at("data")], "e");
    assert.equal(client.getCurrentCluster()?.caData, base64("the ca"));
    const { certData, keyData } = client.getCurrentUser() ?? {};
    assert.deepEqual([certData, keyData], [base64("a cert"), base64("a key")]);
  });

  it("uses the first file that has a name, for each context and each cluster", async () => {
    const [paths, data] = [at("paths"), at("data")];
    assert.equal(await serverOf([paths, data], "m"), "https://10.0.0.1:8443");
    assert.equal(await serverOf([data, paths], "m"), "https://10.0.0.2:8443");
    assert.equal(await serverOf([paths, data], "e"), "https://10.0.0.1:8443");
    assert.equal((await findContext([paths, data], "e")).file, data);
  });

  it("skips missing and empty files", async () => {
    assert.equal((await findContext([at("nowhere"), at("empty"), at("paths")], "m")).file, at("paths"));
  });

  it("says which file can't be read", async () => {
    const looking = findContext([at("broken")], "m");
    assert.match(await refusal(looking), new RegExp(`can't be read: [^]*where: +${at("broken")}`));
  });
});

async function serverOf(files: string[], context: string): Promise<string | undefined> {
  return (await findContext(files, context)).client.getCurrentCluster()?.server;
}
