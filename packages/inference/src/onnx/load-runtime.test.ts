import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { loadRuntime } from "./load-runtime.js";

describe("loadRuntime", () => {
  test("says what the loader said, on which platform", async () => {
    const missing = new Error("libonnxruntime.so.1: cannot open shared object file\nRequire stack: …");
    const place = `${process.platform} ${process.arch} with Node.js ${process.versions.node}`;
    await assert.rejects(
      loadRuntime(() => Promise.reject(missing)),
      new Error(
        `onnxruntime-node cannot be loaded on ${place}: libonnxruntime.so.1: cannot open shared object file`,
        { cause: missing },
      ),
    );
  });

  test("loads the runtime", async () => {
    assert.equal(typeof (await loadRuntime()).InferenceSession.create, "function");
  });
});
