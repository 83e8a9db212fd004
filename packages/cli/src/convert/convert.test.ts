import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { GraphBuilder, identityModel, linearModel } from "@paddlewheel/onnx";
import { tableOf } from "../flags/flag.js";
import { parseFlags } from "../flags/parse-flags.js";
import { recordingTerminal } from "../testing/recording-terminal.js";
import { convert } from "./convert.js";
import { convertCommand } from "./convert-command.js";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "paddlewheel-convert-"));
});
afterEach(() => rm(dir, { recursive: true }));

/** Runs the command with its target folders inside the test's own. */
async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = recordingTerminal();
  const folders = ["--serving_server", join(dir, "server"), "--serving_client", join(dir, "client")];
  const { values, positionals } = parseFlags(tableOf(convertCommand.groups), [...args, ...folders]);
  const code = await convert({ values, positionals, terminal });
  return { code, out: terminal.out.text, err: terminal.err.text };
}

const linear = linearModel({ weights: [1, 2], bias: 3, feedName: "x", fetchName: "y" });

async function model(name: string, bytes: Uint8Array = linear): Promise<string> {
  await mkdir(join(dir, "source"), { recursive: true });
  const file = join(dir, "source", name);
  await writeFile(file, bytes);
  return file;
}

describe("convert", () => {
  test("copies the model and writes the conf of both sides", async () => {
    const { code, out } = await run(await model("m.onnx"), "--feed_alias_names", "a", "--show_proto");
    assert.equal(code, 0);
    assert.deepEqual(await readFile(join(dir, "server/model.onnx")), Buffer.from(linear));
    const conf = await readFile(join(dir, "server/serving_server_conf.prototxt"), "utf8");
    assert.match(
      conf,
      /^feed_var \{\n {2}name: "x"\n {2}alias_name: "a"\n {2}is_lod_tensor: false\n {2}feed_type: 1\n {2}shape: 2\n\}/,
    );
    assert.equal(out, conf);
    assert.deepEqual((await readdir(join(dir, "client"))).sort(), [
      "serving_client_conf.prototxt",
      "serving_client_conf.stream.prototxt",
    ]);
  });

  test("finds the model of a folder, by Paddle's flags too", async () => {
    await model("m.onnx");
    assert.equal((await run("--dirname", join(dir, "source"), "--model_filename", "m.onnx")).code, 0);
    assert.equal((await run(join(dir, "source"), "--force")).code, 0);
  });

  test("says how a Paddle model is made ONNX", async () => {
    await model("inference.pdmodel");
    await assert.rejects(
      run(join(dir, "source")),
      /must be converted to ONNX first: paddle2onnx --model_dir/,
    );
  });

  test("refuses one alias for two names", async () => {
    const file = await model("two.onnx", twoInputs());
    await assert.rejects(run(file, "--feed_alias_names", "x,x"), {
      name: "UsageError",
      message: '--feed_alias_names has "x" twice',
    });
  });

  test("keeps free axes but the first as -1", async () => {
    await run(await model("two.onnx", twoInputs()));
    const conf = await readFile(join(dir, "server/serving_server_conf.prototxt"), "utf8");
    assert.match(conf, /name: "b"[^}]*shape: -1\n {2}shape: 4\n\}/);
  });

  test("refuses a type that nobody can send", async () => {
    const file = await model("uint16.onnx", identityModel({ dtype: "uint16", shape: ["N", 1] }));
    await assert.rejects(
      run(file),
      /^Error: "x" is uint16, which cannot be served; what can: int64, float32/,
    );
  });

  test("takes weights in other files along, at their place", async () => {
    const file = await model("m.onnx", externalModel("weights/w.bin"));
    await mkdir(join(dir, "source/weights"));
    await writeFile(join(dir, "source/weights/w.bin"), Float32Array.of(1, 2));
    assert.equal((await run(file)).code, 0);
    const copied = await readFile(join(dir, "server/weights/w.bin"));
    assert.deepEqual(copied, Buffer.from(Float32Array.of(1, 2).buffer));
  });

  test("refuses weights outside the model's folder, and writes nothing", async () => {
    await writeFile(join(dir, "secret"), "12345678");
    const file = await model("m.onnx", externalModel("../secret"));
    await assert.rejects(run(file), /external data "\.\.\/secret" of tensor "w": must not contain "\.\."/);
    await symlink("../secret", join(dir, "source/link"));
    await assert.rejects(
      run(await model("m.onnx", externalModel("link"))),
      /leads out of the model's folder/,
    );
    assert.deepEqual(await readdir(dir), ["secret", "source"]);
  });

  test("refuses weights in a file that the model's copy would replace", async () => {
    const file = await model("other.onnx", externalModel("model.onnx"));
    await model("model.onnx", Buffer.alloc(8));
    await assert.rejects(
      run(file),
      /keeps weights in a file called model\.onnx, which is what the model will be/,
    );
  });
});

function twoInputs(): Uint8Array {
  const type = { dtype: "float32", shape: ["N", "M", 4] } as const;
  const graph = new GraphBuilder();
  graph.output(graph.add(graph.input("a", type), graph.input("b", type), { output: "y" }), type);
  return graph.build();
}

/** y = x + w with w in another file. */
function externalModel(location: string): Uint8Array {
  const type = { dtype: "float32", shape: ["N", 2] } as const;
  const graph = new GraphBuilder();
  const w = graph.externalInitializer("w", { dtype: "float32", shape: [2], location });
  graph.output(graph.add(graph.input("x", type), w, { output: "y" }), type);
  return graph.build();
}
