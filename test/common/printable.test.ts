import assert from "node:assert/strict";
import { describe as problemText } from "../../common/problem";
import { printable, printableJson, printableLines } from "../../common/printable";

/** Characters that a terminal may obey: C0 and C1, DEL, bidi controls, line separators. */
const OBEYED = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;

describe("text on a terminal", () => {
  for (const [name, text, expected] of [
    ["a colour", "\u001b[31mred\u001b[0m", "red"],
    ["a title", "a\u001b]0;owned\u0007b", "ab"],
    ["a lone escape", "a\u001b", "a\\u001b"],
    ["a control character of C1", "a\u0090b", "a\\u0090b"],
    ["a return that would hide what is before it", "evil\rgood", "evil\\u000dgood"],
    ["a line break", "a\nb\u2028c", "a\\u000ab\\u2028c"],
    ["reversed text", "a\u202eb\u2066c", "a\\u202eb\\u2066c"],
    ["half of a character", "a\ud800b", "a\\ud800b"],
    ["an invisible tag", "a\u{e0041}b", "a\\u{e0041}b"],
    ["other scripts and emoji", "日本 می‌خواهم 👩‍🚀", "日本 می‌خواهم 👩‍🚀"],
  ] as const) {
    it(`shows ${name} as ${JSON.stringify(expected)}`, () => {
      assert.equal(printable(text), expected);
      assert.doesNotMatch(printable(text), OBEYED);
    });
  }

  it("contains no such character, alone or after an escape", () => {
    for (let code = 0; code < 0x10000; code++) {
      const char = String.fromCharCode(code);
      assert.doesNotMatch(printable(`${char}\u001b${char}\u009b${char}`), OBEYED);
    }
  });

  it("is safe as JSON too, and reads back as it was", () => {
    const value = { "a\u202e": ["\u009b2J", "\u{e0041}", "a\nb", "👩‍🚀", "\u2028"] };
    for (const indent of [0, 2]) {
      const json = printableJson(value, indent);
      assert.deepEqual(JSON.parse(json), value);
      assert.doesNotMatch(json.replaceAll("\n", ""), OBEYED);
      assert.equal(json.includes("\n"), indent > 0);
    }
  });

  it("keeps the lines of a stack", () => {
    assert.equal(printableLines("E\r\n\tat x\u001b"), "E\n    at x\\u001b");
  });

  it("is safe in an error too, whoever wrote its words", () => {
    const text = problemText([{ what: "last words: \u001b[2J\u009bx\nand more", todo: "fix \u202eit" }]);
    assert.equal(text, "last words: \\u009bx\nand more\n  do:      fix \\u202eit");
  });
});
