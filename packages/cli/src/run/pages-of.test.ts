import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { commands } from "../commands.js";
import { type FlagTable, ignoredFlag, tableOf } from "../flags/flag.js";
import { parseFlags } from "../flags/parse-flags.js";
import { packageVersion } from "../package-version.js";
import { logLevelFlag } from "./log-level-flag.js";
import { pagesFlags } from "./pages-flags.js";
import { pagesOf } from "./pages-of.js";

const table: FlagTable = {
  ...pagesFlags,
  port: { kind: "int", default: "8010", help: "to listen on" },
  ops: { kind: "texts", help: "modules" },
  key: { kind: "text", default: "none, plain", help: "of TLS", isSecret: true },
  old: ignoredFlag("bool", "it is always so"),
};

const pages = (...args: readonly string[]) => pagesOf(parseFlags(table, args).values, table);

function shown(...args: readonly string[]): string[] {
  return (pages(...args).flags ?? [])
    .filter(({ name }) => !Object.hasOwn(pagesFlags, name))
    .map((flag) => `${flag.name}=${flag.value()}${flag.isSecret ? " secret" : ""}`);
}

describe("the pages that flags ask for", () => {
  test("are all on the port of the services, and change nothing", () => {
    const { flags: _, ...others } = pages();
    assert.deepEqual(others, { version: `paddlewheel ${packageVersion()}`, reloadableFlags: false });
  });

  test("are where and what flags say", () => {
    const args = ["--pages=metrics", "--internal_port=8011", "--internal_host=::1", "--reloadable_flags"];
    const { pages: set, internalPort, internalHost, reloadableFlags } = pages(...args);
    assert.deepEqual([set, internalPort, internalHost, reloadableFlags], ["metrics", 8011, "::1", true]);
  });

  test("show flags that have an effect, as given or by default", () => {
    assert.deepEqual(shown(), ["port=8010", "ops=none", "key=none, plain"]);
    const args = ["--port", "1", "--ops", "./a", "./b", "--key", "/canary", "--old"];
    assert.deepEqual(shown(...args), ["port=1", "ops=./a ./b", "key=/canary secret"]);
  });
});

for (const { name, groups } of commands) {
  test(`${name} shows no flag that sounds like a secret`, () => {
    for (const [flag, { isSecret, ignored }] of Object.entries(tableOf(groups))) {
      const soundsSecret = /key|token|secret|password|credential/.test(flag);
      if (soundsSecret && ignored === undefined) assert.ok(isSecret, flag);
    }
  });
}

test("the level of the log can be changed to one that there is", () => {
  const sink = { level: "info" as const };
  const flag = logLevelFlag(sink);
  flag.set?.("debug");
  assert.deepEqual([flag.value(), sink.level], ["debug", "debug"]);
  assert.throws(() => flag.set?.("loud"), {
    message: 'log_level must be one of debug, info, warn, error, silent, not "loud"',
  });
});
