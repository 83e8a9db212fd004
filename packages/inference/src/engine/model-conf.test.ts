import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ModelConf, ModelSignature, ModelVarConf } from "@paddlewheel/core";
import { variable } from "../testing/tensors.js";
import { resolveModelConf } from "./model-conf.js";

const signature: ModelSignature = {
  inputs: [variable("x", "float32", ["N", 3, "H", "W"]), variable("ids", "int64", ["N"])],
  outputs: [variable("fc_0.tmp_1", "float32", ["N", 1])],
};

function confVar(name: string, conf: Partial<ModelVarConf> = {}): ModelVarConf {
  return { name, aliasName: name, dtype: "float32", shape: [], isLodTensor: false, ...conf };
}

const x = confVar("x", { shape: [3, 224, 224] });
const ids = confVar("ids", { dtype: "int64" });
const price = confVar("fc_0.tmp_1", { aliasName: "price", shape: [1] });

function refuses(conf: ModelConf, message: string): void {
  assert.throws(() => resolveModelConf(signature, conf), new Error(message));
}

describe("resolveModelConf", () => {
  test("derives names, types and shapes without the batch axis where conf gives none", () => {
    assert.deepEqual(resolveModelConf(signature), {
      feedVars: [confVar("x", { shape: [3, -1, -1] }), confVar("ids", { dtype: "int64", shape: [] })],
      fetchVars: [confVar("fc_0.tmp_1", { shape: [1] })],
    });
  });

  test("derives scalars and open ranks", () => {
    const odd = { inputs: [variable("s", "bool", []), variable("r", "string", ["..."])], outputs: [] };
    assert.deepEqual(resolveModelConf(odd).feedVars, [
      confVar("s", { dtype: "bool", shape: [] }),
      confVar("r", { dtype: "string", shape: [-1] }),
    ]);
  });

  test("gives back conf that agrees with the model", () => {
    const conf = { feedVars: [ids, x], fetchVars: [price] };
    assert.equal(resolveModelConf(signature, conf), conf);
  });

  test("lets conf fetch only some outputs", () => {
    resolveModelConf(signature, { feedVars: [x, ids], fetchVars: [] });
  });

  test("takes the ways Paddle writes shapes: free axes dropped, with the batch axis, -1 of a LoD tensor", () => {
    for (const shape of [[3, -1, -1], [3], [-1, 3, 224, 224]]) {
      resolveModelConf(signature, { feedVars: [confVar("x", { shape }), ids], fetchVars: [] });
    }
    const lod = confVar("x", { shape: [-1], isLodTensor: true });
    resolveModelConf(signature, { feedVars: [lod, ids], fetchVars: [] });
  });

  test("names a variable the model does not have", () => {
    refuses(
      { feedVars: [x, ids, confVar("y")], fetchVars: [] },
      'feed_var "y": the model has no such input; it has "x", "ids"',
    );
    refuses(
      { feedVars: [x, ids], fetchVars: [confVar("price")] },
      'fetch_var "price": the model has no such output; it has "fc_0.tmp_1"',
    );
  });

  test("names both types where they differ", () => {
    refuses(
      { feedVars: [x, confVar("ids")], fetchVars: [] },
      'feed_var "ids": is float32 in conf and int64 in the model',
    );
  });

  test("names both shapes where they differ", () => {
    refuses(
      { feedVars: [confVar("x", { shape: [4, 224, 224] }), ids], fetchVars: [] },
      'feed_var "x": has shape [4, 224, 224] in conf and [3, H, W] in the model, without the batch axis',
    );
  });

  test("misses an input that no feed_var feeds", () => {
    refuses(
      { feedVars: [x], fetchVars: [price] },
      'input "ids" of the model (int64) has no feed_var, and it needs one',
    );
  });

  test("reports everything at once", () => {
    refuses(
      { feedVars: [confVar("x", { dtype: "bool", shape: [9] })], fetchVars: [confVar("z")] },
      'feed_var "x": is bool in conf and float32 in the model; ' +
        'feed_var "x": has shape [9] in conf and [3, H, W] in the model, without the batch axis; ' +
        'fetch_var "z": the model has no such output; it has "fc_0.tmp_1"; ' +
        'input "ids" of the model (int64) has no feed_var, and it needs one',
    );
  });
});
