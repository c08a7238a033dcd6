import assert from "node:assert/strict";
import { join } from "node:path";
import { findContext } from "../../infra/kubeconfig";
import { folderWith } from "./support/folder";
import { refusal } from "./support/problems";

/** As minikube writes it, with paths, and with `--embed-certs`, with data. */
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
  strange: "clusters: 1",
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

  it("gives the server and the certificates, whose paths are relative to the file", () => {
    const { file, cluster, server, identity } = findContext([at("paths")], "m");
    assert.deepEqual([file, cluster, server], [at("paths"), "m", "https://10.0.0.1:8443"]);
    assert.deepEqual([identity.ca, identity.cert, identity.key].map(String), [
      "a ca",
      "a certificate",
      "a private key",
    ]);
    assert.equal(identity.rejectUnauthorized, true);
  });

  it("takes certificates in place", () => {
    const { identity } = findContext([at("data")], "e");
    assert.deepEqual([identity.ca, identity.cert, identity.key].map(String), ["the ca", "a cert", "a key"]);
  });

  it("takes the first file that knows a name, context by context and cluster by cluster", () => {
    assert.equal(findContext([at("paths"), at("data")], "m").server, "https://10.0.0.1:8443");
    assert.equal(findContext([at("data"), at("paths")], "m").server, "https://10.0.0.2:8443");
    assert.equal(findContext([at("paths"), at("data")], "e").server, "https://10.0.0.1:8443");
    assert.equal(findContext([at("paths"), at("data")], "e").file, at("data"));
  });

  it("skips a file that isn't there, and one with nothing in it", () => {
    assert.equal(findContext([at("nowhere"), at("empty"), at("paths")], "m").file, at("paths"));
  });

  for (const name of ["broken", "strange"] as const) {
    it(`says which file can't be read: a ${name} one`, async () => {
      const looking = Promise.resolve().then(() => findContext([at(name)], "m"));
      assert.match(await refusal(looking), new RegExp(`can't be read: [^]*where: +${at(name)}`));
    });
  }
});
