import assert from "node:assert/strict";
import { bypassProxies } from "../../common/proxies.mjs";

const LOCAL = "localhost,127.0.0.1,::1,192.168.0.0/16";
const PROXY = "http://proxy.corp:3128";

describe("the environment behind a proxy", () => {
  for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "all_proxy", "grpc_proxy"]) {
    it(`reaches local addresses directly if ${name} is set, and downloads through it`, () => {
      const env = bypassProxies({ [name]: PROXY, PATH: "/bin" });
      assert.deepEqual(env, {
        [name.toLowerCase()]: PROXY,
        [name.toUpperCase()]: PROXY,
        NO_PROXY: LOCAL,
        no_proxy: LOCAL,
        no_grpc_proxy: LOCAL,
        PATH: "/bin",
      });
    });
  }

  it("keeps the names from before, in either spelling, and each name once", () => {
    const env = bypassProxies({
      HTTPS_PROXY: PROXY,
      NO_PROXY: ".corp, 127.0.0.1",
      no_proxy: "mirror  .corp",
    });
    assert.equal(env.NO_PROXY, ".corp,127.0.0.1,mirror,localhost,::1,192.168.0.0/16");
    assert.equal(env.no_proxy, env.NO_PROXY);
  });

  it("leaves NO_PROXY=* as it is, except for grpc-js", () => {
    const { NO_PROXY, no_proxy, no_grpc_proxy } = bypassProxies({ HTTP_PROXY: PROXY, no_proxy: "*" });
    assert.deepEqual([NO_PROXY, no_proxy], ["*", "*"]);
    assert.match(String(no_grpc_proxy), /127\.0\.0\.1/, "grpc-js takes a star for a name");
  });

  it("leaves two proxies that differ as they are", () => {
    const env = bypassProxies({ HTTP_PROXY: PROXY, http_proxy: "http://other:1" });
    assert.deepEqual([env.HTTP_PROXY, env.http_proxy], [PROXY, "http://other:1"]);
  });

  it("takes a proxy without a scheme for one of HTTP, as Go and curl do", () => {
    const { HTTPS_PROXY, https_proxy } = bypassProxies({ HTTPS_PROXY: "proxy.corp:3128" });
    assert.deepEqual([HTTPS_PROXY, https_proxy], [PROXY, PROXY]);
    assert.equal(bypassProxies({ https_proxy: "socks5://proxy:1" }).https_proxy, "socks5://proxy:1");
  });

  it("is the same without a proxy, or with an empty one", () => {
    const env = { PATH: "/bin", HTTPS_PROXY: "" };
    assert.equal(bypassProxies(env), env);
  });
});
