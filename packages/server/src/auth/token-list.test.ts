import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import fc from "fast-check";
import { allows, parseTokenList, type TokenGrant } from "./token-list.js";

const canary = "canary-0123456789abcdef";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

function only(text: string): TokenGrant {
  const [grant, ...rest] = parseTokenList(text, "tokens").grants;
  assert.ok(grant && rest.length === 0);
  return grant;
}

describe("parseTokenList", () => {
  test("reads tokens and digests with their scopes, and passes over comments", () => {
    const list = parseTokenList(
      `# who may call\n\n${canary}  Uci,metrics # the dashboard\r\nsha256:${sha256("another-token-of-mine")}\nanyone metrics`,
      "tokens",
    );
    assert.deepEqual(
      list.grants.map(({ line, scopes }) => [line, ...scopes]),
      [
        [3, "Uci", "metrics"],
        [4, "*"],
        [5, "metrics"],
      ],
    );
    assert.equal(list.find(canary)?.line, 3);
    assert.equal(list.find("another-token-of-mine")?.line, 4);
    assert.equal(list.find("another-token-of-mina"), undefined);
    assert.equal(list.find(sha256("another-token-of-mine")), undefined, "a digest is no token");
    assert.equal(list.ofAnyone?.line, 5);
  });

  for (const [line, fault] of [
    ["short", "a token of 5 characters, it must have 16 or more"],
    ["sha256:abc", "sha256: must be followed by 64 hex digits"],
    [
      `${canary} a, b`,
      "more than a token and its scopes: separate scopes by commas only, and begin a name with #",
    ],
    [`${canary} a,,b`, "an empty scope: separate scopes by one comma"],
    ["anyone", "anyone needs scopes: name what is for callers without a token"],
    ["anyone metrics,admin", "admin cannot be for anyone"],
  ] as const) {
    test(`says what is wrong with ${JSON.stringify(line)}`, () => {
      const text = `${"x".repeat(16)}\n${line}`;
      assert.throws(() => parseTokenList(text, "t.txt"), {
        code: Code.invalidConf,
        message: `t.txt:2: ${fault}`,
      });
    });
  }

  test("names every fault, and a token that comes twice", () => {
    assert.throws(() => parseTokenList(`${canary} a\nx\nsha256:${sha256(canary)} b`, "t.txt"), {
      message:
        "t.txt:2: a token of 1 characters, it must have 16 or more\nt.txt:3: the token of line 1 again: list all its scopes there",
    });
  });

  test("refuses a file that lets nobody in", () => {
    assert.throws(() => parseTokenList("# later\n", "t.txt"), {
      message: "t.txt: there is no token in it, and so nobody could call",
    });
  });

  test("never repeats what it cannot read", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9:,]{1,12}$/), fc.string(), (prefix, rest) => {
        try {
          parseTokenList(`${prefix}CANARY CANARY,, CANARY ${rest}`, "t");
        } catch (error) {
          assert.ok(!String(error).includes("CANARY"));
        }
      }),
    );
  });
});

describe("allows", () => {
  test("takes a scope by any of its names", () => {
    assert.ok(allows(only(`${canary} Uci`), "a.b.Uci", "Uci"));
    assert.ok(allows(only(`${canary} a.b.Uci`), "a.b.Uci", "Uci"));
    assert.ok(!allows(only(`${canary} Uci`), "a.b.Bert", "Bert"));
  });

  test("means everything but admin when there are no scopes, and admin when it is named", () => {
    assert.ok(allows(only(canary), "metrics"));
    assert.ok(!allows(only(canary), "admin"));
    assert.ok(allows(only(`${canary} *,admin`), "admin"));
    assert.ok(allows(only(`${canary} *,admin`), "metrics"));
    assert.ok(!allows(only(`${canary} admin`), "metrics"));
  });
});
