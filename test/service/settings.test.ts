import assert from "node:assert/strict";
import { parseSettings, SettingsError } from "../../service/settings";

describe("service settings", () => {
  it("has defaults for what only a pod knows", () => {
    assert.deepEqual(parseSettings({ HOME: "/" }), {
      PORT: 3000,
      METRICS_PORT: 9464,
      RELEASE_TRACK: "local",
      RELEASE_VERSION: "local",
      LOG_LEVEL: "info",
      DRAIN_MS: 0,
      SHUTDOWN_MS: 10_000,
    });
  });

  it("treats an empty string as not set", () => {
    assert.deepEqual(parseSettings({ PORT: "", MY_POD_IP: "", LOG_LEVEL: "" }), parseSettings({}));
  });

  for (const PORT of ["0", "1", "8080", "65535"]) {
    it(`accepts PORT=${PORT}`, () => assert.equal(parseSettings({ PORT }).PORT, Number(PORT)));
  }

  const bad: Record<string, string[]> = {
    PORT: ["abc", "-1", "65536", "80.5", " 80", "1e3", "0x50", "tcp://10.0.0.1:80", "99999999999999999999"],
    METRICS_PORT: ["none", "65536"],
    MY_POD_IP: ["10.0.0", "localhost", "10.0.0.256", "::g"],
    LOG_LEVEL: ["loud", "INFO"],
    DRAIN_MS: ["4s", "-1", "3600001"],
    SHUTDOWN_MS: ["never", "Infinity"],
  };
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values) {
      it(`refuses ${name}=${JSON.stringify(value)}, in one line`, () => {
        const [first, ...others] = problems({ [name]: value });
        assert.ok(first?.startsWith(`${name}=${JSON.stringify(value)} is not allowed: `), first);
        assert.deepEqual(others, []);
      });
    }
  }

  it("says what is allowed", () => {
    assert.deepEqual(problems({ PORT: "abc" }), [
      'PORT="abc" is not allowed: a whole number from 0 to 65535',
    ]);
  });

  it("refuses one port for metrics and for requests, unless the system chooses both", () => {
    assert.deepEqual(problems({ PORT: "80", METRICS_PORT: "80" }), [
      'METRICS_PORT="80" is not allowed: a port other than PORT: what Prometheus asks isn\'t for everybody',
    ]);
    assert.match(String(problems({ PORT: "9464" })), /^METRICS_PORT, as it is by default, is not allowed: /);
    assert.equal(parseSettings({ PORT: "0", METRICS_PORT: "0" }).METRICS_PORT, 0);
  });

  it("names all bad variables at once", () => {
    const names = problems({ PORT: "x", LOG_LEVEL: "x", DRAIN_MS: "9", SHUTDOWN_MS: "8" }).map(variable);
    assert.deepEqual(names.sort(), ["DRAIN_MS", "LOG_LEVEL", "PORT"]);
  });

  it("refuses to drain for longer than the process may take to end", () => {
    assert.deepEqual(problems({ DRAIN_MS: "10001" }).map(variable), ["DRAIN_MS"]);
    assert.equal(parseSettings({ DRAIN_MS: "10001", SHUTDOWN_MS: "10001" }).DRAIN_MS, 10_001);
  });
});

function problems(env: Record<string, string>): string[] {
  try {
    parseSettings(env);
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.message.split("\n");
  }
  return [];
}

function variable(line: string): string {
  return line.slice(0, line.indexOf("="));
}
