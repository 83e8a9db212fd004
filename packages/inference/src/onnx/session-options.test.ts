import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defaultSessionConf, type SessionConf } from "@paddlewheel/core";
import { canPrepare, graphTraits, openingOptions, savingOptions, sessionOptions } from "./session-options.js";

function session(changes: Partial<SessionConf>): SessionConf {
  return { ...defaultSessionConf, ...changes };
}

describe("sessionOptions", () => {
  test("gives the copies of an engine its devices in turn, where there are devices", () => {
    const conf = session({ executionProviders: ["cuda", "cpu"], gpuIds: [2, 5] });
    const devices = [0, 1, 2].map((copy) => sessionOptions(conf, copy).executionProviders);
    const on = (deviceId: number) => [{ name: "cuda", deviceId }, "cpu"];
    assert.deepEqual(devices, [on(2), on(5), on(2)]);
    assert.deepEqual(sessionOptions(session({ executionProviders: ["cuda"] })).executionProviders, ["cuda"]);
  });

  test("keeps what conf adds when a model is saved and opened again", () => {
    const conf = session({
      config: { "session.set_denormal_as_zero": "1" },
      graphOptimizationLevel: "basic",
    });
    const saving = savingOptions(conf, "/cache");
    assert.equal(saving.graphOptimizationLevel, "basic");
    assert.equal(saving.extra?.["session.set_denormal_as_zero"], "1");
    const opening = openingOptions(conf);
    assert.equal(opening.graphOptimizationLevel, "disabled");
    assert.deepEqual(opening.extra, { "session.set_denormal_as_zero": "1" });
  });
});

describe("graphTraits", () => {
  test("differ where the graph would, and not by the order of settings", () => {
    const [a, b] = [
      { "x.a": "1", "x.b": "2" },
      { "x.b": "2", "x.a": "1" },
    ].map((config) => session({ config }));
    assert.equal(graphTraits(a as SessionConf), graphTraits(b as SessionConf));
    assert.equal(graphTraits(session({ intraOpNumThreads: 4 })), graphTraits(defaultSessionConf));
    assert.notEqual(
      graphTraits(session({ graphOptimizationLevel: "basic" })),
      graphTraits(defaultSessionConf),
    );
  });
});

describe("canPrepare", () => {
  test("only what the CPU runs", () => {
    assert.ok(canPrepare(defaultSessionConf));
    assert.ok(!canPrepare(session({ executionProviders: ["cuda", "cpu"] })));
  });
});
