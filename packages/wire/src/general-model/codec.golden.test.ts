import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { GeneralRequest, GeneralResponse } from "./message.js";
import { generalRequestCodec } from "./request-codec.js";
import { generalResponseCodec } from "./response-codec.js";

const house = [
  0.0137, -0.1136, 0.2553, -0.0692, 0.0582, -0.0727, -0.1583, -0.0584, 0.6283, 0.4919, 0.1856, 0.0795,
  -0.0332,
];

const houseRequest: GeneralRequest = {
  tensors: [{ name: "x", aliasName: "x", dtype: "float32", shape: [1, 13], data: Float32Array.from(house) }],
  fetchVarNames: ["price"],
  profileServer: false,
  logId: 0n,
};

const priceResponse: GeneralResponse = {
  outputs: [
    {
      tensors: [
        {
          name: "fc_0.tmp_1",
          aliasName: "price",
          dtype: "float32",
          shape: [1, 1],
          data: Float32Array.of(18.901151657104492),
        },
      ],
      engineName: "general_infer_0",
    },
  ],
  profileTime: [1_700_000_000_000_001, 1_700_000_000_000_123],
  profileServer: false,
  logId: 0n,
  errNo: 0,
  errMsg: "",
};

describe("the bytes of GeneralModelService", () => {
  const request: GeneralRequest = {
    tensors: [{ name: "x", aliasName: "", dtype: "float32", shape: [1, 1], data: Float32Array.of(1.5) }],
    fetchVarNames: ["price"],
    profileServer: true,
    logId: 2n ** 64n - 1n,
  };
  const requestBytes = [
    "0a0f", // tensor, 15 bytes
    "12040000c03f", // float_data
    "5001", // elem_type
    "5a020101", // shape
    "6a0178", // name
    "12057072696365", // fetch_var_names
    "1801", // profile_server
    "20ffffffffffffffffff01", // log_id
  ].join("");

  it("are those of the .proto", () => {
    assert.equal(Buffer.from(generalRequestCodec.encode(request)).toString("hex"), requestBytes);
    assert.deepEqual(generalRequestCodec.decode(Buffer.from(requestBytes, "hex")), request);
  });

  it("are none for the empty message, which has every default", () => {
    const empty: GeneralRequest = { tensors: [], fetchVarNames: [], profileServer: false, logId: 0n };
    assert.equal(generalRequestCodec.encode(empty).length, 0);
    assert.deepEqual(generalRequestCodec.decode(new Uint8Array(0)), empty);
  });

  it("write a negative number with all its 64 bits", () => {
    const response: GeneralResponse = { ...priceResponse, outputs: [], profileTime: [], errNo: -5100 };
    const bytes = generalResponseCodec.encode(response);
    assert.equal(Buffer.from(bytes).toString("hex"), "2894d8ffffffffffffff01");
    assert.deepEqual(generalResponseCodec.decode(bytes), response);
  });

  it("become a view where they are aligned, and one copy where they are not", () => {
    const bytes = generalRequestCodec.encode(houseRequest);
    const tensorOffset = 4; // tag and length of the tensor, tag and length of float_data
    for (let offset = 0; offset < 4; offset++) {
      const buffer = new ArrayBuffer(bytes.length + 4);
      const view = new Uint8Array(buffer, offset, bytes.length);
      view.set(bytes);
      const data = generalRequestCodec.decode(view).tensors[0]?.data;
      assert.deepEqual(data, Float32Array.from(house));
      assert.equal((data as Float32Array).buffer === buffer, (offset + tensorOffset) % 4 === 0);
    }
  });

  it("carry each bool as 0 or 1, whatever byte the array holds", () => {
    const tensor = {
      name: "b",
      aliasName: "",
      dtype: "bool",
      shape: [3],
      data: Uint8Array.of(0, 1, 200),
    } as const;
    const bytes = generalRequestCodec.encode({ ...houseRequest, tensors: [tensor] });
    assert.deepEqual(generalRequestCodec.decode(bytes).tensors[0]?.data, Uint8Array.of(0, 1, 1));
  });
});

describe("the JSON of GeneralModelService", () => {
  it("reads the documented request", () => {
    const body = `{"tensor": [{"float_data": [${house.join(", ")}],
      "elem_type": 1, "name": "x", "alias_name": "x", "shape": [1, 13]}],
      "fetch_var_names": ["price"], "log_id": 0}`;
    assert.deepEqual(generalRequestCodec.decodeJson(body), houseRequest);
  });

  it("writes the documented response: defaults left out, float32 as the double it is", () => {
    assert.equal(
      generalResponseCodec.encodeJson(priceResponse),
      '{"outputs":[{"tensor":[{"float_data":[18.901151657104492],"elem_type":1,"shape":[1,1],' +
        '"name":"fc_0.tmp_1","alias_name":"price"}],"engine_name":"general_infer_0"}],' +
        '"profile_time":[1700000000000001,1700000000000123]}',
    );
  });

  it("writes and reads the error fields", () => {
    const response: GeneralResponse = {
      outputs: [],
      profileTime: [],
      profileServer: true,
      logId: 2n ** 64n - 1n,
      errNo: -5100,
      errMsg: 'node "a" failed',
    };
    const json =
      '{"profile_server":true,"log_id":18446744073709551615,"err_no":-5100,"err_msg":"node \\"a\\" failed"}';
    assert.equal(generalResponseCodec.encodeJson(response), json);
    assert.deepEqual(generalResponseCodec.decodeJson(json), response);
  });

  it("is the empty message when the text is empty, blank, {} or full of unknown keys", () => {
    const empty: GeneralRequest = { tensors: [], fetchVarNames: [], profileServer: false, logId: 0n };
    assert.equal(generalRequestCodec.encodeJson(empty), "{}");
    const texts = ["", " \n", "{}", '{"logId": 5, "a": [{"b": 1}]}', '{"tensor": null, "log_id": null}'];
    for (const text of texts) assert.deepEqual(generalRequestCodec.decodeJson(text), empty, text);
  });

  it("keeps every digit of 64-bit integers, as numbers and as strings", () => {
    const values = [9007199254740993n, -9223372036854775808n, 9223372036854775807n, 5n, -1234567890123456n];
    const tensor = {
      name: "id",
      aliasName: "",
      dtype: "int64",
      shape: [5],
      data: BigInt64Array.from(values),
    } as const;
    const request = { ...houseRequest, tensors: [tensor] };
    const json = `{"tensor":[{"int64_data":[${values.join()}],"shape":[5],"name":"id"}],"fetch_var_names":["price"]}`;
    assert.equal(generalRequestCodec.encodeJson(request), json);
    assert.deepEqual(generalRequestCodec.decodeJson(json), request);
    const quoted = json.replace(values.join(), values.map((value) => `"${value}"`).join());
    assert.deepEqual(generalRequestCodec.decodeJson(quoted), request);
  });

  it("writes NaN and the infinities as strings, and reads them", () => {
    const data = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5);
    const tensor = { name: "f", aliasName: "", dtype: "float32", shape: [4], data } as const;
    const json = generalRequestCodec.encodeJson({ ...houseRequest, tensors: [tensor] });
    assert.ok(json.includes('"float_data":["NaN","Infinity","-Infinity",0.5]'), json);
    assert.deepEqual(generalRequestCodec.decodeJson(json).tensors[0]?.data, data);
  });

  it("reads whole numbers of any length as floats", () => {
    const json = '{"tensor":[{"elem_type":3,"shape":[2],"float64_data":[12345678901234567890,-1]}]}';
    assert.deepEqual(
      generalRequestCodec.decodeJson(json).tensors[0]?.data,
      Float64Array.of(1.2345678901234567e19, -1),
    );
  });

  it("writes raw types as base64 and reads both alphabets, padded or not", () => {
    const data = Uint8Array.of(251, 255, 191, 1);
    const tensor = { name: "u", aliasName: "", dtype: "uint8", shape: [4], data } as const;
    const json = generalRequestCodec.encodeJson({ ...houseRequest, tensors: [tensor] });
    assert.ok(json.includes('"tensor_content":"+/+/AQ=="'), json);
    for (const text of ["+/+/AQ==", "+/+/AQ", "-_-_AQ", "-_-_AQ=="]) {
      const request = generalRequestCodec.decodeJson(json.replace("+/+/AQ==", text));
      assert.deepEqual(request.tensors[0]?.data, data, text);
    }
  });

  it("takes __proto__ for a key like any other", () => {
    const request = generalRequestCodec.decodeJson('{"__proto__":{"log_id":7,"polluted":1},"log_id":3}');
    assert.equal(request.logId, 3n);
    assert.equal(generalRequestCodec.decodeJson('{"__proto__":{"log_id":7}}').logId, 0n);
    assert.equal("polluted" in {}, false);
  });
});
