import assert from "node:assert/strict";
import { LogFormatter } from "../../../commands/logs/format";

/** Characters that a terminal may obey, except line breaks. */
const OBEYED = /(?!\n)[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

/** The time that the kubelet gave each line. */
const time = "2025-01-01T12:00:00.5Z";
const at = Date.UTC(2025, 0, 1, 11, 59, 59, 123);

function format(line: string | object, pod = "api-1"): string {
  const text = typeof line === "string" ? line : JSON.stringify(line);
  return new LogFormatter(false).line({ pod, time, text });
}

describe("a log line for a person", () => {
  it("has time, level, pod, message and fields, without what the pod's name says", () => {
    const own = {
      level: "warn",
      time: "2025-01-01T11:59:59.123Z",
      pod: "api-1",
      track: "stable",
      release: "v",
    };
    assert.equal(
      format({ ...own, path: "/ip", status: 200, who: "a b", msg: "request" }),
      '11:59:59.123 warn  api-1 | request path=/ip status=200 who="a b"',
    );
  });

  for (const [name, value] of [
    ["seconds", at / 1000],
    ["milliseconds", at],
    ["microseconds", at * 1000],
    ["nanoseconds", at * 1e6],
    ["seconds in text", String(at / 1000)],
    ["ISO text", "2025-01-01T11:59:59.123456789Z"],
    ["ISO text of another zone", "2025-01-01T12:59:59.123+01:00"],
    ["ISO text with no zone", "2025-01-01 11:59:59,123"],
  ] as const) {
    it(`takes its time in ${name}`, () => {
      assert.equal(format({ level: 30, time: value, msg: "hi" }), "11:59:59.123 info  api-1 | hi");
    });
  }

  for (const value of [
    0,
    -1,
    0.0123,
    1e300,

    null,
    true,
    "",
    "yesterday",
    "2025-13-41T00:00:00Z",
    {},
    { toString: 1 },
  ]) {
    it(`falls back to the kubelet's time for a time of ${JSON.stringify(value)}, and shows it`, () => {
      assert.match(format({ time: value, msg: "hi" }), /^12:00:00\.500 {7}api-1 \| hi time=./);
    });
  }

  for (const [level, shown] of [
    [50, "error"],
    [35, "35   "],
    ["WARN", "warn "],
    ["Information", "information"],
  ] as const) {
    it(`shows the level ${level} as "${shown}"`, () => {
      assert.equal(format({ level, msg: "hi" }), `12:00:00.500 ${shown} api-1 | hi`);
    });
  }

  it("shows a field whose value doesn't fit its name like any other field", () => {
    assert.equal(
      format({
        level: { a: 1 },
        msg: 5,
        pod: "sea",
        release: "X-Men",
        track: 7,
        hostname: "h",
        pid: 1,
        err: {},
      }),
      '12:00:00.500       api-1 | level={"a":1} msg=5 pod=sea release=X-Men track=7 hostname=h pid=1 err={}',
    );
  });

  it("knows the names that other loggers use", () => {
    const line = {
      severity: "ERROR",
      "@timestamp": "2025-01-01T11:59:59.123Z",
      message: "no",
      stack: "E\n\tat x",
    };
    assert.equal(format(line), "11:59:59.123 error api-1 | no\n    E\n        at x");
  });

  it("has a stack on lines of its own", () => {
    assert.equal(
      format({ level: 50, time: at, msg: "no", err: { stack: "E\nat x" } }),
      "11:59:59.123 error api-1 | no\n    E\n    at x",
    );
  });

  for (const text of ["plain text", "{not json}", "[1]", '"text"', "null", "", " {} ", '{"a":']) {
    it(`is left as it is if it is ${JSON.stringify(text)}`, () => {
      assert.equal(format(text), `12:00:00.500       api-1 | ${text}`);
    });
  }

  it("may be an object with nothing in it, end with a return, or be nested too deep to be written again", () => {
    assert.equal(format("{}"), "12:00:00.500       api-1 | ");
    assert.equal(format('{"a":1}\r'), "12:00:00.500       api-1 | a=1");
    assert.equal(format("text\r"), "12:00:00.500       api-1 | text");
    const deep = `{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
    assert.equal(format(deep), `12:00:00.500       api-1 | ${deep}`);
  });

  it("keeps all of 1 MB", () => {
    const long = "x".repeat(1_000_000);
    assert.ok(format(long).endsWith(long));
    assert.ok(format({ msg: long, a: long }).endsWith(`${long} a=${long}`));
  });

  for (const evil of [
    "\u001b[2J",
    "\u001b]0;title\u0007",
    "\u009b31m",
    "\u202egnp",
    "a\rb",
    "\u001b",
    "\u2028",
  ]) {
    it(`escapes ${encodeURI(evil)} for the terminal, wherever it stands`, () => {
      const places = [
        evil,
        { msg: evil },
        { level: evil, time: evil, [evil]: evil, list: [evil] },
        { err: { stack: evil } },
        { err: evil },
      ];
      for (const place of places) assert.doesNotMatch(format(place), OBEYED);
      assert.doesNotMatch(new LogFormatter(false).notice(evil), OBEYED);
    });
  }

  it("has its pod's colour, which another pod doesn't have", () => {
    const formatter = new LogFormatter(true);
    const colour = (pod: string) => formatter.line({ pod, time, text: "x" }).split(/\[(3[1-6])m/)[1];
    const [a, b] = [colour("a"), colour("b")];
    assert.notEqual(a, b);
    assert.equal(colour("a"), a);
  });
});
