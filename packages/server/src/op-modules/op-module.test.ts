import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, defaultMerger, Op, OpWithChannel } from "@paddlewheel/core";
import { opOf } from "@paddlewheel/core/testing";
import { createRegistries } from "../registries.js";
import { registerOpModule } from "./op-module.js";

class ResizeOp extends OpWithChannel<number> {
  inference(): void {
    this.output = 1;
  }
}

const firstMerger = { name: "first", merge: (target: object) => target };

function register(exports: object) {
  const registries = createRegistries();
  registerOpModule({ name: "./ops.js", exports }, registries);
  return registries;
}

function assertRefused(exports: object, message: string): void {
  const expected = { name: "ServeError", code: Code.invalidConf, message: `module "./ops.js": ${message}` };
  assert.throws(() => register(exports), expected);
}

describe("registerOpModule", () => {
  test("registers every Op class and every merger a module exports, each once", () => {
    const { ops, mergers } = register({
      ResizeOp,
      Resize: ResizeOp,
      Crop: opOf("CropOp", () => 0),
      firstMerger,
      version: "1",
      limits: { name: "limits" },
      helper: () => 0,
      nothing: null,
    });
    assert.equal(ops.get("ResizeOp"), ResizeOp);
    assert.ok(ops.has("CropOp"));
    assert.equal(mergers.get("first"), firstMerger);
  });

  test("passes over base classes, which have no inference", () => {
    const { ops } = register({ Op, OpWithChannel, ResizeOp });
    assert.equal(ops.has("OpWithChannel"), false);
  });

  test("knows an Op by its shape: its core may be another copy", () => {
    class ForeignOp {
      inference(): void {}
      bind(): void {}
    }
    assert.ok(register({ ForeignOp }).ops.has("ForeignOp"));
  });

  test("leaves everything to the register function of a module that exports one", () => {
    const factory = () => assert.fail("nobody asked for the service");
    const { ops, services } = register({
      ResizeOp,
      register: (registries: ReturnType<typeof createRegistries>) => {
        registries.ops.register(opOf("CropOp", () => 0));
        registries.services.set("CropService", factory);
      },
    });
    assert.ok(ops.has("CropOp"));
    assert.equal(ops.has("ResizeOp"), false);
    assert.equal(services.get("CropService"), factory);
  });

  test("refuses a module that registers nothing, and says what to export", () => {
    const message =
      "exports nothing to register, it must export Op classes, mergers, or a function register({ ops, mergers, services })";
    assertRefused({}, message);
    assertRefused({ helper: () => 0, Base: OpWithChannel, register: "yes" }, message);
    assertRefused(
      { register: () => {} },
      "register registered nothing new, it must call ops.register, mergers.register or services.set",
    );
  });

  test("refuses a name that is taken", () => {
    assertRefused(
      { A: opOf("GeneralInferOp", () => 0) },
      'an Op type named "GeneralInferOp" is already registered: give this class a static type of its own',
    );
    assertRefused(
      { defaultMerger },
      'a merger named "default" is already registered: give this one another name',
    );
  });

  test("refuses a register function that fails or is asynchronous", () => {
    const failing = () => {
      throw new Error("no licence");
    };
    assertRefused({ register: failing }, "no licence");
    assertRefused(
      { register: async () => Promise.reject(new Error("late")) },
      "register must not be asynchronous: await at the top of the module instead",
    );
  });
});
