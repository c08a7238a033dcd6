import assert from "node:assert/strict";
import type { NetworkInterfaceInfo } from "node:os";
import { identify } from "../../service/identity";
import { parseSettings } from "../../service/settings";

const loopback = at("127.0.0.1", true);

function at(address: string, internal = false): NetworkInterfaceInfo {
  const rest = { address, netmask: "", mac: "", cidr: null, internal };
  return address.includes(":") ? { ...rest, family: "IPv6", scopeid: 0 } : { ...rest, family: "IPv4" };
}

describe("service identity", () => {
  const cases: [string, Record<string, NetworkInterfaceInfo[]>, string][] = [
    ["the first address that isn't loopback", { lo: [loopback], eth0: [at("192.0.2.7")] }, "192.0.2.7"],
    ["IPv4 before IPv6", { a: [at("2001:db8::7")], b: [at("192.0.2.7")] }, "192.0.2.7"],
    [
      "IPv6 where there is no other",
      { lo: [loopback], a: [at("fe80::1"), at("2001:db8::7")] },
      "2001:db8::7",
    ],
    ["an address that works beyond its link", { a: [at("169.254.1.1"), at("192.0.2.7")] }, "192.0.2.7"],
    ["loopback on a machine without network", { lo: [loopback, at("::1", true)] }, "127.0.0.1"],
  ];
  for (const [what, interfaces, ip] of cases) {
    it(`answers with ${what}`, () => assert.equal(identify(parseSettings({}), interfaces).ip, ip));
  }

  it("uses the Downward API's values", () => {
    const settings = parseSettings({ MY_POD_IP: "fd00::7" });
    assert.equal(identify(settings, { eth0: [at("192.0.2.7")] }).ip, "fd00::7");
  });
});
