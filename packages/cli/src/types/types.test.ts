import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { linearModel } from "@paddlewheel/onnx";
import { tableOf } from "../flags/flag.js";
import { parseFlags } from "../flags/parse-flags.js";
import type { ModelReport } from "../inspect/model-report.js";
import { recordingTerminal } from "../testing/recording-terminal.js";
import { UsageError } from "../usage-error.js";
import { interfaceName, renderTypes } from "./render-types.js";
import { types } from "./types.js";
import { typesCommand } from "./types-command.js";

let dir = "";
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "housing-"));
  const weights = { weights: [1, 2], bias: 0 };
  await writeFile(join(dir, "m.onnx"), linearModel({ ...weights, fetchName: "fc_0.tmp_1" }));
  const conf =
    'feed_var { name: "x" alias_name: "x" feed_type: 1 shape: 2 }\n' +
    'fetch_var { name: "fc_0.tmp_1" alias_name: "price" fetch_type: 1 shape: 1 }';
  await writeFile(join(dir, "serving_server_conf.prototxt"), conf);
});
after(() => rm(dir, { recursive: true }));

async function run(...args: string[]): Promise<{ out: string; err: string }> {
  const terminal = recordingTerminal();
  const { values, positionals } = parseFlags(tableOf(typesCommand.groups), args);
  assert.equal(await types({ values, positionals, terminal }), 0);
  return { out: terminal.out.text, err: terminal.err.text };
}

const housing = `// Written by paddlewheel types. Write it anew when the model changes.
import type { TensorOf } from "@paddlewheel/core";

export interface Housing {
  readonly feeds: {
    /** float32 [N, 2]. */
    readonly x: TensorOf<"float32">;
  };
  readonly fetches: {
    /** float32 [N, 1], \`fc_0.tmp_1\` in the model. */
    readonly price: TensorOf<"float32">;
  };
}
`;

describe("types", () => {
  test("writes feeds and fetches by the aliases of the conf beside the model", async () => {
    assert.equal((await run(dir, "--name", "Housing")).out, housing);
  });

  test("writes to a file where one is named, and says so", async () => {
    const file = join(dir, "housing.ts");
    assert.deepEqual(await run(dir, "--name=Housing", "--out", file), {
      out: "",
      err: `wrote Housing to ${file}\n`,
    });
    assert.equal(await readFile(file, "utf8"), housing);
  });

  test("writes the model as JSON for clients that read no files, by the conf or by the model file alone", async () => {
    const x = { name: "x", aliasName: "x", dtype: "float32", shape: [2], isLodTensor: false };
    const price = {
      name: "fc_0.tmp_1",
      aliasName: "price",
      dtype: "float32",
      shape: [1],
      isLodTensor: false,
    };
    for (const path of [dir, join(dir, "m.onnx")]) {
      assert.deepEqual(JSON.parse((await run(path, "--json")).out), { feedVars: [x], fetchVars: [price] });
    }
    const bare = await mkdtemp(join(dir, "bare-"));
    await writeFile(join(bare, "m.onnx"), await readFile(join(dir, "m.onnx")));
    const fetchVars = [{ ...price, aliasName: "fc_0.tmp_1" }];
    assert.deepEqual(JSON.parse((await run(bare, "--json")).out), { feedVars: [x], fetchVars });
    const client = await mkdtemp(join(dir, "client-"));
    await writeFile(
      join(client, "serving_client_conf.prototxt"),
      'feed_var { name: "x" feed_type: 1 shape: 2 } fetch_var { name: "y" fetch_type: 0 shape: 1 }',
    );
    const file = join(client, "model.json");
    assert.deepEqual(await run(client, "--json", "--out", file), {
      out: "",
      err: `wrote the model to ${file}\n`,
    });
    const y = { name: "y", aliasName: "y", dtype: "int64", shape: [1], isLodTensor: false };
    assert.deepEqual(JSON.parse(await readFile(file, "utf8")), { feedVars: [x], fetchVars: [y] });
  });

  test("takes the name of the folder for the interface", () => {
    const names = ["uci_housing_model", "bert-base", "3d", "模型"].map(interfaceName);
    assert.deepEqual(names, ["UciHousingModel", "BertBase", "Model3d", "Model"]);
  });

  test("wants a model and a name that can be one", async () => {
    await assert.rejects(run(), new UsageError("types: name the model: an .onnx file, or its folder"));
    await assert.rejects(
      run(dir, "--name", "my model"),
      new UsageError('--name: "my model" is no name for an interface'),
    );
    await assert.rejects(
      run(dir, "--json", "--name", "Housing"),
      new UsageError("--name is of an interface, which --json does not write"),
    );
  });

  test("keeps names of a model file from being anything but names", () => {
    const value = { name: "*/\nx", alias: 'a"b', dtype: "int64", shape: null };
    const text = renderTypes({ inputs: [value], outputs: [] } as unknown as ModelReport, "M");
    assert.match(text, /\/\*\* int64 of any shape, `\* \/ x` in the model\. \*\/\n {4}readonly "a\\"b":/);
  });
});
