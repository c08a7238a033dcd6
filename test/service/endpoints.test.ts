import assert from "node:assert/strict";
import { hostname } from "node:os";
import { isIP } from "node:net";
import { Bundled, killAll } from "../support/bundled-service";
import { ask, Wire } from "../support/http-client";

const pod = {
  MY_POD_NAME: "service-6d4cf56db6-x2x9k",
  MY_POD_IP: "10.244.0.7",
  MY_POD_NAMESPACE: "shop",
  MY_NODE_NAME: "minikube-m02",
  RELEASE_TRACK: "canary",
  RELEASE_VERSION: "1.4.0",
};

describe("service endpoints", () => {
  let service: Bundled;
  before(async () => (service = await Bundled.start(pod)));
  after(killAll);

  const texts = { "/healthcheck": "Hello World", "/readyz": "ready", "/ip": pod.MY_POD_IP };
  for (const [path, body] of Object.entries(texts)) {
    it(`GET ${path} answers "${body}" as plain text`, async () => {
      const answer = await ask(service.port, "GET", path);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers["content-type"], "text/plain; charset=utf-8");
      assert.equal(answer.body, body);
    });
  }

  it("GET /pod describes the pod that answers", async () => {
    const { status, headers, body } = await ask(service.port, "GET", "/pod");
    const { startedAt, ...rest } = JSON.parse(body) as Record<string, string>;
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "application/json; charset=utf-8");
    assert.deepEqual(rest, {
      name: pod.MY_POD_NAME,
      ip: pod.MY_POD_IP,
      namespace: pod.MY_POD_NAMESPACE,
      node: pod.MY_NODE_NAME,
      track: pod.RELEASE_TRACK,
      version: pod.RELEASE_VERSION,
    });
    assert.equal(new Date(String(startedAt)).toISOString(), startedAt);
  });

  for (const path of ["/", "/healthcheck", "/readyz", "/ip", "/pod"]) {
    it(`HEAD ${path} has the headers of GET and no body`, async () => {
      const same = { "x-request-id": "same" };
      const got = await ask(service.port, "GET", path, undefined, same);
      const { status, headers, body } = await ask(service.port, "HEAD", path, undefined, same);
      assert.equal(status, 200);
      assert.deepEqual({ ...headers, date: "" }, { ...got.headers, date: "" });
      assert.equal(body, "");
    });

    it(`OPTIONS ${path} says what is allowed`, async () => {
      const { status, headers, body } = await ask(service.port, "OPTIONS", path);
      assert.equal(status, 200);
      assert.deepEqual(headers.allow?.split(", ").sort(), ["GET", "HEAD"]);
      assert.equal(body, "");
    });

    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      it(`${method} ${path} isn't allowed`, async () => {
        const { status, headers, body } = await ask(service.port, method, path);
        assert.equal(status, 405);
        assert.deepEqual(headers.allow?.split(", ").sort(), ["GET", "HEAD"]);
        assert.equal(headers["content-type"], "text/plain; charset=utf-8");
        assert.equal(body, "Method Not Allowed");
      });
    }
  }

  it("a method that the service doesn't know is not implemented", async () => {
    assert.equal((await ask(service.port, "PROPFIND", "/pod")).status, 501);
  });

  for (const path of ["/pods", "/healthcheck/deep", "/%", "/%00", "/../etc/passwd"]) {
    it(`GET ${path} isn't found`, async () => {
      const { status, headers, body } = await ask(service.port, "GET", path);
      assert.equal(status, 404);
      assert.equal(headers["content-type"], "text/plain; charset=utf-8");
      assert.equal(body, "Not Found");
    });
  }

  it("a query changes nothing", async () => {
    assert.equal((await ask(service.port, "GET", "/ip?x=1")).body, pod.MY_POD_IP);
  });

  it("refuses headers that are too large", async () => {
    const wire = await Wire.open(service.port);
    wire.send(`GET /ip HTTP/1.1\r\nHost: a\r\nX-Large: ${"x".repeat(9000)}\r\n\r\n`);
    assert.match(await wire.ended(), /^HTTP\/1\.1 431 /);
  });

  it("refuses what isn't HTTP", async () => {
    const wire = await Wire.open(service.port);
    wire.send("hello\r\n\r\n");
    assert.match(await wire.ended(), /^HTTP\/1\.1 400 /);
  });

  it("answers pipelined requests in their order", async () => {
    const wire = await Wire.open(service.port);
    wire.send(
      "GET /healthcheck HTTP/1.1\r\nHost: a\r\n\r\nGET /ip HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    );
    assert.match(await wire.ended(), /Hello World[^]*10\.244\.0\.7$/);
  });
});

describe("service outside of a pod", () => {
  let service: Bundled;
  before(async () => (service = await Bundled.start()));
  after(killAll);

  it("GET /ip answers an address of this machine", async () => {
    assert.notEqual(isIP((await ask(service.port, "GET", "/ip")).body), 0);
  });

  it("GET /pod names the machine, with nulls for values that only a pod has", async () => {
    const { name, namespace, node, track, version } = JSON.parse(
      (await ask(service.port, "GET", "/pod")).body,
    ) as Record<string, unknown>;
    assert.deepEqual(
      { name, namespace, node, track, version },
      { name: hostname(), namespace: null, node: null, track: "local", version: "local" },
    );
  });
});
