import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { GraphBuilder } from "../build/graph-builder.js";
import type { TensorInit } from "../build/tensor-proto.js";
import type { OnnxElementType } from "../element-type.js";
import { messageType } from "../schema.js";
import { runModel } from "../testing/run-model.js";
import { applyPatch, writeModel } from "./apply-patch.js";
import { diffModels, writePatch } from "./diff-models.js";
import { type ModelContent, readModelContent } from "./model-content.js";
import { patchFile, patchWeightsFile, readPatch } from "./patch-file.js";

let root = "";
before(async () => {
  root = await mkdtemp(join(tmpdir(), "patch-"));
});
after(() => rm(root, { recursive: true, force: true }));

let folders = 0;
async function newFolder(): Promise<string> {
  const dir = join(root, String(folders++));
  await mkdir(dir);
  return dir;
}

/** How a weight is kept in its file. */
type Storage = "raw" | "numbers" | "external";

interface RandomWeight {
  readonly init: TensorInit;
  readonly storage: Storage;
}

/** A model with these weights, of which no node makes use: w0, w1, … */
async function writeRandomModel(weights: readonly RandomWeight[]): Promise<string> {
  const dir = await newFolder();
  const graph = new GraphBuilder();
  graph.identity(graph.input("x", { dtype: "float32", shape: ["N"] }), { output: "y" });
  graph.output("y", { dtype: "float32", shape: ["N"] });
  for (const [i, { init }] of weights.entries()) graph.initializer(`w${i}`, init);
  const model = messageType("ModelProto").decode(graph.build()) as unknown as DecodedModel;
  const external: Uint8Array[] = [];
  let offset = 0;
  for (const [i, { storage }] of weights.entries()) {
    const tensor = model.graph.initializer[i];
    if (!tensor?.raw_data.length) continue;
    if (storage === "numbers") keepNumbers(tensor);
    if (storage !== "external") continue;
    external.push(tensor.raw_data);
    tensor.external_data = [
      { key: "location", value: "weights.bin" },
      { key: "offset", value: String(offset) },
    ];
    tensor.data_location = 1;
    offset += tensor.raw_data.length;
    tensor.raw_data = new Uint8Array(0);
  }
  const file = join(dir, "model.onnx");
  await writeFile(join(dir, "weights.bin"), Buffer.concat(external));
  const type = messageType("ModelProto");
  await writeFile(file, type.encode(type.fromObject(model as unknown as Record<string, unknown>)).finish());
  return file;
}

interface DecodedTensor {
  name: string;
  data_type: number;
  raw_data: Uint8Array;
  float_data?: number[];
  int32_data?: number[];
  int64_data?: unknown[];
  data_location?: number;
  external_data?: { key: string; value: string }[];
}

interface DecodedModel {
  graph: { initializer: DecodedTensor[] };
}

/** Moves elements from bytes to the list protobuf has for their type. */
function keepNumbers(tensor: DecodedTensor): void {
  const { buffer } = new Uint8Array(tensor.raw_data);
  if (tensor.data_type === 1) tensor.float_data = [...new Float32Array(buffer)];
  else if (tensor.data_type === 3) tensor.int32_data = [...new Int8Array(buffer)];
  else if (tensor.data_type === 7) tensor.int64_data = [...new BigInt64Array(buffer)].map(String);
  else return;
  tensor.raw_data = new Uint8Array(0);
}

const finite = fc.float({ noNaN: true, noDefaultInfinity: true });

function weightOf(dtype: OnnxElementType, length: number): fc.Arbitrary<TensorInit> {
  const shape = [length];
  const exactly = { minLength: length, maxLength: length };
  if (dtype === "string") return fc.array(fc.string(), exactly).map((data) => ({ shape, data, dtype }));
  if (dtype === "int8") {
    return fc
      .array(fc.integer({ min: -128, max: 127 }), exactly)
      .map((v) => ({ shape, data: Int8Array.from(v) }));
  }
  if (dtype === "int64") {
    return fc
      .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), exactly)
      .map((v) => ({ shape, data: BigInt64Array.from(v) }));
  }
  return fc.array(finite, exactly).map((v) => ({ shape, data: Float32Array.from(v) }));
}

const storage = fc.constantFrom<Storage>("raw", "numbers", "external");

/** A weight in two models: of one type and shape, kept anyhow. */
const weightPair = fc
  .tuple(
    fc.constantFrom<OnnxElementType>("float32", "int8", "int64", "string"),
    fc.integer({ min: 0, max: 9 }),
  )
  .chain(([dtype, length]) => {
    const weight = fc.record({ init: weightOf(dtype, length), storage });
    return fc.oneof(
      fc.tuple(weight, weight),
      weight.map((same) => [same, same] as const),
    );
  });

describe("a patch", () => {
  test("makes the new model of the old one, weight by weight, however both keep them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(weightPair, { minLength: 1, maxLength: 6 }), async (pairs) => {
        const from = await readModelContent(await writeRandomModel(pairs.map(([old]) => old)));
        const to = await readModelContent(await writeRandomModel(pairs.map(([, young]) => young)));
        const dir = await newFolder();
        const { changed } = await writePatch({ from, to, dir });
        const patched = applyPatch(from, await readPatch(dir));
        const written = await readModelContent(await writeModel(patched, await newFolder()));
        assert.equal(written.revision, to.revision);
        assert.deepEqual(digests(written), digests(to));
        assert.equal(changed.length === 0, from.revision === to.revision);
      }),
      { numRuns: 60 },
    );
  });

  test("on a patch leads where the changes together lead", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(weightPair, { minLength: 1, maxLength: 4 }), async (pairs) => {
        const from = await readModelContent(await writeRandomModel(pairs.map(([old]) => old)));
        const middle = await readModelContent(
          await writeRandomModel(pairs.map(([old, young], i) => (i % 2 === 0 ? young : old))),
        );
        const to = await readModelContent(await writeRandomModel(pairs.map(([, young]) => young)));
        const [one, two] = [await newFolder(), await newFolder()];
        await writePatch({ from, to: middle, dir: one });
        const between = applyPatch(from, await readPatch(one));
        await writePatch({ from: between, to, dir: two });
        const patched = applyPatch(between, await readPatch(two));
        const written = await readModelContent(await writeModel(patched, await newFolder()));
        assert.deepEqual(digests(written), digests(to));
      }),
      { numRuns: 30 },
    );
  });

  test("that is damaged anywhere is refused", async () => {
    const [from, to] = await linearPair();
    const dir = await newFolder();
    await writePatch({ from, to, dir });
    const good = await readFile(join(dir, patchWeightsFile));
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 0x10;
      await writeFile(join(dir, patchWeightsFile), bad);
      // The version of the format and unknown fields carry nothing; all that is used is covered.
      const patched = await readPatch(dir).then(
        (patch) => tryApply(from, patch),
        () => undefined,
      );
      if (patched) assert.deepEqual(digests(patched), digests(to), `byte ${at}`);
    }
    for (let length = 0; length < good.length; length++) {
      await writeFile(join(dir, patchWeightsFile), good.subarray(0, length));
      await assert.rejects(async () => applyPatch(from, await readPatch(dir)), { name: "OnnxFormatError" });
    }
  });

  test("does not change a weight that shares its bytes with the one it changes", async () => {
    const dir = await newFolder();
    const graph = new GraphBuilder();
    const x = graph.input("x", { dtype: "float32", shape: [2] });
    const a = graph.externalInitializer("a", { dtype: "float32", shape: [2], location: "w.bin" });
    const b = graph.externalInitializer("b", { dtype: "float32", shape: [2], location: "w.bin" });
    graph.add(graph.node("Add", [x, a], {}, { name: "n" }), b, { output: "y" });
    graph.output("y", { dtype: "float32", shape: [2] });
    await writeFile(join(dir, "model.onnx"), graph.build());
    await writeFile(join(dir, "w.bin"), Float32Array.of(1, 2));
    const from = await readModelContent(join(dir, "model.onnx"));
    const b2 = { shape: [2], data: Float32Array.of(10, 20) };
    const to = await readModelContent(await writeAddModel({ shape: [2], data: Float32Array.of(1, 2) }, b2));
    const patchDir = await newFolder();
    await writePatch({ from, to, dir: patchDir });
    const file = await writeModel(applyPatch(from, await readPatch(patchDir)), await newFolder());
    const { values } = await runModel(file, { x: { shape: [2], values: [0, 0] } });
    assert.deepEqual(values, [11, 22]);
  });

  test("for another model is refused, with both revisions", async () => {
    const [from, to] = await linearPair();
    const dir = await newFolder();
    await writePatch({ from, to, dir });
    const patch = await readPatch(dir);
    assert.throws(() => applyPatch(to, patch), {
      message: `${dir}: is a patch of sha256:${from.revision}, the model is sha256:${to.revision}`,
    });
  });

  test("with a weight the model has not, or not so, is refused by its name", async () => {
    const [from, to] = await linearPair();
    const dir = await newFolder();
    await writePatch({ from, to, dir });
    const patch = await readPatch(dir);
    const [weight] = [...patch.weights.values()];
    assert.ok(weight);
    const weights = new Map([
      ["a", { ...weight, dims: [3] }],
      ["b", { ...weight, dataType: 11 }],
      ["c", weight],
    ]);
    assert.throws(() => applyPatch(from, { ...patch, weights }), {
      message:
        `${dir}: weight "a": is float32 [3], must be float32 [2]; ` +
        `weight "b": is float64 [2], must be float32 [2]; weight "c": the model has no such weight`,
    });
  });

  test("cannot be made of models that differ in more than weights", async () => {
    const two = { shape: [2], data: Float32Array.of(1, 2) };
    const three = { shape: [3], data: Float32Array.of(1, 2, 3) };
    const from = await readModelContent(await writeAddModel(two, two));
    const shaped = await readModelContent(await writeAddModel(two, three));
    assert.throws(() => diffModels(from, shaped), {
      message: 'a patch cannot bring this change: weight "b": is float32 [3], must be float32 [2]',
    });
    const other = await readModelContent(await writeAddModel(two, two, "Mul"));
    assert.throws(() => diffModels(from, other), {
      message:
        "a patch cannot bring this change: more than weights differs, nodes or names say; deploy the whole model",
    });
  });

  test("cannot be made of a model whose nodes keep constants in other files", async () => {
    const dir = await newFolder();
    const graph = new GraphBuilder();
    const branch = (name: string): GraphBuilder => {
      const body = new GraphBuilder({ name, outer: graph });
      const type = { dtype: "float32", shape: [1] } as const;
      const constant = body.externalInitializer(`${name}_c`, { ...type, location: "c.bin" });
      body.output(body.identity(constant, { output: `${name}_out` }), type);
      return body;
    };
    const condition = graph.input("x", { dtype: "bool", shape: [] });
    const branches = { then_branch: { graph: branch("then") }, else_branch: { graph: branch("else") } };
    graph.output(graph.node("If", [condition], branches), { dtype: "float32", shape: [1] });
    const file = join(dir, "model.onnx");
    await writeFile(file, graph.build());
    await writeFile(join(dir, "c.bin"), Float32Array.of(1));
    await assert.rejects(readModelContent(file), {
      message: `${file}: tensor "then_c" of a node keeps its elements in another file, which patches do not reach`,
    });
  });

  test("has a manifest that is checked field by field", async () => {
    const [from, to] = await linearPair();
    const dir = await newFolder();
    await writePatch({ from, to, dir });
    const file = join(dir, patchFile);
    const good = JSON.parse(await readFile(file, "utf8")) as object;
    const cases: readonly [string, string][] = [
      ["[", "must be a JSON object"],
      [JSON.stringify({ ...good, format: 2 }), "format: must be 1, not 2"],
      [JSON.stringify({ ...good, base: "x" }), 'base: must be "sha256:" and 64 hexadecimal digits'],
      [
        JSON.stringify({ ...good, base_version: "../1" }),
        "base_version: must be the number of a version, as text",
      ],
    ];
    for (const [text, fault] of cases) {
      await writeFile(file, text);
      await assert.rejects(readPatch(dir), { message: `${file}: ${fault}` });
    }
  });
});

function digests({ weights }: ModelContent): Readonly<Record<string, string>> {
  return Object.fromEntries([...weights].map(([name, { digest }]) => [name, digest]));
}

function tryApply(...args: Parameters<typeof applyPatch>): ModelContent | undefined {
  try {
    return applyPatch(...args);
  } catch {
    return undefined;
  }
}

async function writeAddModel(a: TensorInit, b: TensorInit, op: "Add" | "Mul" = "Add"): Promise<string> {
  const graph = new GraphBuilder();
  const x = graph.input("x", { dtype: "float32", shape: [2] });
  const sum = graph.node(op, [x, graph.initializer("a", a)], {}, { name: "n" });
  graph.add(sum, graph.initializer("b", b), { output: "y" });
  graph.output("y", { dtype: "float32", shape: [2] });
  const file = join(await newFolder(), "model.onnx");
  await writeFile(file, graph.build());
  return file;
}

async function linearPair(): Promise<[ModelContent, ModelContent]> {
  const weight = (first: number) => ({ shape: [2], data: Float32Array.of(first, 2) });
  const from = await readModelContent(await writeAddModel(weight(1), weight(1)));
  return [from, await readModelContent(await writeAddModel(weight(3), weight(4)))];
}
