import assert from "node:assert/strict";
import { test } from "node:test";
import { dtypeTable, type ModelConf, ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import { confType } from "../schema/messages.js";
import { memoryFiles, testCwd } from "../testing/conf-set.js";
import { loadModelConf, parseModelConf, renderModelConf } from "./model-conf.js";

const uci: ModelConf = {
  feedVars: [{ name: "x", aliasName: "x", dtype: "float32", shape: [13], isLodTensor: false }],
  fetchVars: [{ name: "fc_0.tmp_1", aliasName: "price", dtype: "float32", shape: [1], isLodTensor: false }],
};

const uciText = `feed_var {
  name: "x"
  alias_name: "x"
  is_lod_tensor: false
  feed_type: 1
  shape: 13
}
fetch_var {
  name: "fc_0.tmp_1"
  alias_name: "price"
  is_lod_tensor: false
  fetch_type: 1
  shape: 1
}
`;

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof ServeError);
    return error.message;
  }
  return assert.fail("nothing was thrown");
}

test("the text is, byte for byte, what Paddle Serving's tools write", () => {
  assert.equal(renderModelConf(uci).prototxt, uciText);
});

test("the stream always holds is_lod_tensor and type, and unpacked shapes", () => {
  const hex = `0a0c 0a0178 120178 1800 2001 280d
    1219 0a0a ${Buffer.from("fc_0.tmp_1").toString("hex")} 1205 ${Buffer.from("price").toString("hex")} 1800 2001 2801`;
  assert.equal(Buffer.from(renderModelConf(uci).stream).toString("hex"), hex.replace(/\s/g, ""));
});

test("text that is not plain ASCII is written with escapes", () => {
  const { prototxt } = renderModelConf({
    feedVars: [{ name: "é'\"\\\n\t\x01", aliasName: "", dtype: "int64", shape: [], isLodTensor: true }],
    fetchVars: [],
  });
  assert.equal(
    prototxt,
    `feed_var {
  name: "\\303\\251\\'\\"\\\\\\n\\t\\001"
  alias_name: ""
  is_lod_tensor: true
  feed_type: 0
}
`,
  );
});

test("a model conf read from text has defaults where the text is silent", () => {
  assert.deepEqual(parseModelConf('feed_var { name: "x" } fetch_var { name: "y" }', "m.prototxt"), {
    feedVars: [{ name: "x", aliasName: "x", dtype: "int64", shape: [], isLodTensor: false }],
    fetchVars: [{ name: "y", aliasName: "y", dtype: "int64", shape: [], isLodTensor: false }],
  });
});

test("YAML gives the same model conf", () => {
  const yaml = `
feed_var:
- {name: x, alias_name: x, is_lod_tensor: false, feed_type: 1, shape: [13]}
fetch_var:
- {name: fc_0.tmp_1, alias_name: price, is_lod_tensor: false, fetch_type: 1, shape: 1}
`;
  assert.deepEqual(parseModelConf(yaml, "m.yaml"), uci);
  assert.deepEqual(parseModelConf(uciText, "m.prototxt"), uci);
});

const variable = fc.record(
  {
    name: fc.string({ minLength: 1, maxLength: 20 }),
    aliasName: fc.uuid(),
    dtype: fc.constantFrom(...Object.values(dtypeTable).map(({ dtype }) => dtype)),
    shape: fc.array(fc.integer({ min: -1, max: 60 }), { maxLength: 4 }),
    isLodTensor: fc.boolean(),
  },
  { noNullPrototype: true },
);
const model = fc.record(
  {
    feedVars: fc.array(variable, { minLength: 1, maxLength: 3 }),
    fetchVars: fc.array(variable, { maxLength: 3 }),
  },
  { noNullPrototype: true },
);

test("what is rendered is read back the same, from text and from the stream", () => {
  const property = fc.property(model, (conf) => {
    const { prototxt, stream } = renderModelConf(conf);
    assert.deepEqual(parseModelConf(prototxt, "m.prototxt"), conf);
    const type = confType("GeneralModelConfig");
    const decoded = type.toObject(type.decode(stream), { arrays: true });
    assert.deepEqual(
      decoded.feed_var.map(({ name, shape }: { name: string; shape: number[] }) => ({ name, shape })),
      conf.feedVars.map(({ name, shape }) => ({ name, shape })),
    );
  });
  fc.assert(property, { numRuns: 200 });
});

test("a folder is read by the name of the file wanted", () => {
  const files = memoryFiles({
    "m/serving_client_conf.prototxt": uciText,
    "m/serving_server_conf.yaml": "feed_var: {name: s}",
  });
  const load = (path: string, name: "serving_client_conf" | "serving_server_conf") =>
    loadModelConf({ path, name, cwd: testCwd, files });
  assert.deepEqual(load("m", "serving_client_conf"), uci);
  assert.equal(load("m", "serving_server_conf").feedVars[0]?.name, "s");
  assert.deepEqual(load("m/serving_client_conf.prototxt", "serving_server_conf"), uci);
  assert.equal(
    messageOf(() => load("nowhere", "serving_client_conf")),
    "nowhere: there is no such file",
  );
});

test("all faults of a model conf are in one error", () => {
  assert.equal(
    messageOf(() =>
      parseModelConf('feed_var { nam: "x" }\nfetch_var { name: "y" fetch_type: 99 }', "m.prototxt"),
    ),
    [
      'm.prototxt:1 feed_var[0].nam: FeedVar has no such field; did you mean "name"?',
      "m.prototxt:1 feed_var[0].name: is missing, FeedVar needs it",
      "m.prototxt:2 fetch_var[0].fetch_type: must be one of 0 (int64), 1 (float32), 2 (int32), 3 (float64), 4 (int16), 5 (float16), 6 (bfloat16), 7 (uint8), 8 (int8), 9 (bool), 10 (complex64), 11 (complex128), 20 (string), not 99",
    ].join("\n"),
  );
  assert.equal(
    messageOf(() => parseModelConf("# empty", "m.prototxt")),
    "m.prototxt: names no feed_var and no fetch_var",
  );
});
