import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import type { PageRequest } from "../http/page.js";
import { type FlagsPageOptions, flagsPage } from "./flags-page.js";
import { renderText } from "./render-text.js";
import { mergeFlags, type ServerFlag } from "./server-flag.js";

const head = "Name | Value | Description\n--------------------------\n";

/** Flags that a test may change, and what was told of it. */
function scene(options: Partial<FlagsPageOptions> = {}) {
  const told: string[] = [];
  let level = "info";
  const flags: ServerFlag[] = [
    { name: "port", description: "to listen on", value: () => "8010" },
    { name: "key", description: "not to see", isSecret: true, value: () => "canary" },
    {
      name: "log_level",
      description: "least severe lines",
      value: () => level,
      set(text) {
        if (text !== "debug") throw new ServeError(Code.invalidArgument, "log_level must be debug");
        level = text;
      },
    },
  ];
  const ask = (rest: string, query = "", request: Partial<PageRequest> = {}): string =>
    renderText(
      flagsPage(
        {
          flags,
          areReloadable: true,
          hasAuthenticator: true,
          onChange: ({ name }) => told.push(name),
          ...options,
        },
        {
          method: "GET",
          rest,
          query: new URLSearchParams(query),
          header: () => undefined,
          refuse: () => undefined,
          ...request,
        },
      ),
    );
  return { told, ask };
}

const post = { method: "POST" };

describe("the page of flags", () => {
  test("shows all, none that is secret, and (R) behind what can be changed", () => {
    const rows =
      "port | 8010 | to listen on\nkey | *** | not to see\nlog_level | info (R) | least severe lines\n";
    assert.equal(scene().ask(""), head + rows);
    assert.equal(scene({ areReloadable: false }).ask(""), (head + rows).replace(" (R)", ""));
  });

  test("shows one by its name", () => {
    assert.equal(scene().ask("port"), `${head}port | 8010 | to listen on\n`);
    assert.throws(() => scene().ask("prot"), { code: Code.notFound, message: 'there is no flag "prot"' });
  });

  test("changes one that can be changed, and tells of it", () => {
    const { ask, told } = scene();
    assert.equal(ask("log_level", "setvalue=debug", post), "log_level is debug now\n");
    assert.equal(ask("log_level"), `${head}log_level | debug (R) | least severe lines\n`);
    assert.deepEqual(told, ["log_level"]);
  });

  test("asks for a credential for admin", () => {
    const { ask, told } = scene();
    const refuse = (scope: string): ServeError =>
      new ServeError(Code.unauthenticated, `no token for ${scope}`);
    assert.throws(() => ask("log_level", "setvalue=debug", { ...post, refuse }), {
      code: Code.unauthenticated,
      message: "no token for admin",
    });
    assert.deepEqual(told, []);
  });

  const refusals = [
    [
      "when flags are not reloadable",
      { areReloadable: false },
      "flags cannot be changed: the server was not started with --reloadable_flags",
    ],
    [
      "when nobody can have a credential",
      { hasAuthenticator: false },
      "flags cannot be changed: the server knows no tokens, and it takes one for admin",
    ],
  ] as const;
  for (const [when, options, message] of refusals) {
    test(`changes nothing ${when}`, () => {
      const { ask, told } = scene(options);
      const denied = { code: Code.permissionDenied, message };
      assert.throws(() => ask("log_level", "setvalue=debug", post), denied);
      assert.deepEqual(told, []);
    });
  }

  test("changes nothing by GET, not what needs a restart, and to no value that is none", () => {
    const { ask, told } = scene();
    assert.throws(() => ask("log_level", "setvalue=debug"), {
      code: Code.permissionDenied,
      message: "a flag is changed by POST",
    });
    assert.throws(() => ask("port", "setvalue=1", post), {
      code: Code.permissionDenied,
      message: "port cannot be changed while the server runs",
    });
    assert.throws(() => ask("log_level", "setvalue=", post), {
      code: Code.invalidArgument,
      message: "log_level must be debug",
    });
    assert.deepEqual(told, []);
  });
});

test("of flags of one name the one that can be changed is shown, or the first", () => {
  const flag = (name: string, text: string): ServerFlag => ({ name, description: "", value: () => text });
  const settable = (name: string, text: string): ServerFlag => ({ ...flag(name, text), set: () => {} });
  const merged = mergeFlags(
    [flag("b", "1"), flag("c", "2"), settable("d", "3")],
    [flag("c", "4"), settable("b", "5"), flag("a", "6"), settable("d", "7")],
  );
  assert.deepEqual(
    merged.map(({ name, value }) => name + value()),
    ["a6", "b5", "c2", "d3"],
  );
});
