import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@paddlewheel/core";
import type { GeneralRequest, GeneralResponse, GeneralTensor } from "./message.js";
import { generalRequestCodec } from "./request-codec.js";
import { generalResponseCodec } from "./response-codec.js";

const tooShort: GeneralTensor = {
  name: "x",
  aliasName: "",
  dtype: "float32",
  shape: [2],
  data: Float32Array.of(1),
};
const ofAnotherType: GeneralTensor = { ...tooShort, shape: [1], data: Float64Array.of(1) };

function requestOf(tensor: GeneralTensor): GeneralRequest {
  return { tensors: [tensor], fetchVarNames: [], profileServer: false, logId: 0n };
}

function responseOf(tensor: GeneralTensor): GeneralResponse {
  return {
    outputs: [{ tensors: [tensor], engineName: "" }],
    profileTime: [],
    profileServer: false,
    logId: 0n,
    errNo: 0,
    errMsg: "",
  };
}

describe("encoding a tensor that is not what it says", () => {
  const shortMessage = 'tensor "x": shape [2] wants 2 elements, the data has 1';
  const typeMessage = 'tensor "x": data is not an array of float32';

  it("is the caller's fault in a request", () => {
    for (const encode of [generalRequestCodec.encode, generalRequestCodec.encodeJson]) {
      assert.throws(() => encode(requestOf(tooShort)), { code: Code.invalidArgument, message: shortMessage });
      assert.throws(() => encode(requestOf(ofAnotherType)), {
        code: Code.invalidArgument,
        message: typeMessage,
      });
    }
  });

  it("is the Op's fault in a response", () => {
    for (const encode of [generalResponseCodec.encode, generalResponseCodec.encodeJson]) {
      assert.throws(() => encode(responseOf(tooShort)), { code: Code.opFailure, message: shortMessage });
      assert.throws(() => encode(responseOf(ofAnotherType)), { code: Code.opFailure, message: typeMessage });
    }
  });
});

describe("encoding", () => {
  it("finds room for what takes more bytes than its elements have", () => {
    const texts = Array.from({ length: 100 }, (_, i) => "ß".repeat(i * 100));
    const numbers = new BigInt64Array(10_000).fill(-1n);
    const request: GeneralRequest = {
      tensors: [
        { name: "texts", aliasName: "", dtype: "string", shape: [texts.length], data: texts },
        { name: "numbers", aliasName: "", dtype: "int64", shape: [numbers.length], data: numbers },
      ],
      fetchVarNames: texts,
      profileServer: true,
      logId: 7n,
    };
    assert.deepEqual(generalRequestCodec.decode(generalRequestCodec.encode(request)), request);
  });

  it("leaves the messages before it as they are", () => {
    const encodeOne = (value: number) =>
      generalRequestCodec.encode(requestOf({ ...tooShort, shape: [1], data: Float32Array.of(value) }));
    const messages = Array.from({ length: 2000 }, (_, i) => encodeOne(i));
    const read = messages.map((bytes) => generalRequestCodec.decode(bytes).tensors[0]?.data[0]);
    assert.deepEqual(read, Array.from(messages.keys()));
  });

  it("writes a log id modulo 2^64", () => {
    const request = { ...requestOf({ ...tooShort, shape: [1] }), logId: -1n };
    assert.equal(generalRequestCodec.decode(generalRequestCodec.encode(request)).logId, 2n ** 64n - 1n);
    assert.equal(
      generalRequestCodec.decodeJson(generalRequestCodec.encodeJson(request)).logId,
      2n ** 64n - 1n,
    );
  });

  it("writes part of a larger buffer when the data is a view", () => {
    const data = Float32Array.of(1, 2, 3, 4).subarray(1, 3);
    const request = requestOf({ ...tooShort, data });
    assert.deepEqual(generalRequestCodec.decode(generalRequestCodec.encode(request)).tensors[0]?.data, data);
  });

  it("writes half a surrogate pair as the replacement character", () => {
    const request: GeneralRequest = { ...requestOf({ ...tooShort, shape: [1] }), fetchVarNames: ["a\ud800"] };
    assert.deepEqual(generalRequestCodec.decode(generalRequestCodec.encode(request)).fetchVarNames, [
      "a\ufffd",
    ]);
  });
});
