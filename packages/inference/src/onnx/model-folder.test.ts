import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { createModelFolder } from "../testing/model-folder.js";
import { findOnnxFile } from "./model-folder.js";

describe("findOnnxFile", () => {
  test("finds model.onnx, or the only other .onnx file", async (t) => {
    const preferred = await createModelFolder(t, { "a.onnx": "", "model.onnx": "", "model.bin": "" });
    assert.equal(await findOnnxFile(preferred), join(preferred, "model.onnx"));
    const only = await createModelFolder(t, { "uci.onnx": "", "model.pdmodel": "", "params.pdiparams": "" });
    assert.equal(await findOnnxFile(only), join(only, "uci.onnx"));
  });

  test("does not guess between several", async (t) => {
    const folder = await createModelFolder(t, { "b.onnx": "", "a.onnx": "" });
    await assert.rejects(
      findOnnxFile(folder),
      new Error(`${folder} has several models: a.onnx, b.onnx; name the one to serve model.onnx`),
    );
  });

  test("says how to convert a Paddle model", async (t) => {
    const kinds = [
      ["__model__", "__params__"],
      ["model.pdmodel", "params.pdiparams"],
      ["inference.json", "inference.pdiparams"],
    ] as const;
    for (const [program, params] of kinds) {
      const folder = await createModelFolder(t, {
        [program]: "",
        [params]: "",
        "serving_server_conf.prototxt": "",
      });
      await assert.rejects(
        findOnnxFile(folder),
        new Error(
          `${folder} has a Paddle model (${program}), which must be converted to ONNX first: ` +
            `paddle2onnx --model_dir ${folder} --model_filename ${program} --params_filename ${params} ` +
            `--save_file ${folder}/model.onnx`,
        ),
      );
    }
  });

  test("says what a folder without a model should have", async (t) => {
    const folder = await createModelFolder(t, { "readme.txt": "" });
    await assert.rejects(
      findOnnxFile(folder),
      new Error(`${folder} has no model: expected model.onnx, or one other file that ends in .onnx`),
    );
  });

  test("says when there is no folder", async (t) => {
    const folder = await createModelFolder(t, { file: "" });
    await assert.rejects(
      findOnnxFile(`${folder}/none`),
      new Error(`there is no model folder ${folder}/none`),
    );
    await assert.rejects(
      findOnnxFile(`${folder}/file`),
      new Error(`${folder}/file is a file; model_dir must be the folder of the model`),
    );
  });
});
