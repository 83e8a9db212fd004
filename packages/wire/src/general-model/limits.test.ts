import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Code } from "@paddlewheel/core";
import { oracleEncode, type ProtoObject } from "../testing/oracle.js";
import { wireLimits } from "../wire-limits.js";
import { generalRequestCodec } from "./request-codec.js";
import { generalResponseCodec } from "./response-codec.js";

const emptyTensor = { shape: [0] };

interface Limit {
  readonly what: string;
  readonly messageName: "Request" | "Response";
  /** A message with that many parts. */
  readonly of: (count: number) => ProtoObject;
  readonly limit: number;
}

const limits: readonly Limit[] = [
  {
    what: "tensors",
    messageName: "Request",
    of: (count) => ({ tensor: new Array(count).fill(emptyTensor) }),
    limit: wireLimits.maxTensors,
  },
  {
    what: "names in fetch_var_names",
    messageName: "Request",
    of: (count) => ({ fetch_var_names: new Array(count).fill("a") }),
    limit: wireLimits.maxFetchVarNames,
  },
  {
    what: "strings",
    messageName: "Request",
    of: (count) => {
      const half = Math.floor(count / 2);
      return {
        tensor: [half, count - half].map((n) => ({ elem_type: 20, shape: [n], data: new Array(n).fill("") })),
      };
    },
    limit: wireLimits.maxStrings,
  },
  {
    what: "outputs",
    messageName: "Response",
    of: (count) => ({ outputs: new Array(count).fill({}) }),
    limit: wireLimits.maxOutputs,
  },
  {
    what: "tensors",
    messageName: "Response",
    of: (count) => ({
      outputs: [{ tensor: [emptyTensor] }, { tensor: new Array(count - 1).fill(emptyTensor) }],
    }),
    limit: wireLimits.maxTensors,
  },
  {
    what: "values in profile_time",
    messageName: "Response",
    of: (count) => ({ profile_time: new Array(count).fill(1) }),
    limit: wireLimits.maxProfileTimes,
  },
];

describe("the limits of a message", () => {
  for (const { what, messageName, of, limit } of limits) {
    it(`are the same in bytes and in JSON: ${limit} ${what} of a ${messageName}`, () => {
      const codec = messageName === "Request" ? generalRequestCodec : generalResponseCodec;
      const most = of(limit);
      assert.doesNotThrow(() => codec.decode(oracleEncode(messageName, most)));
      assert.doesNotThrow(() => codec.decodeJson(JSON.stringify(most)));
      const tooMany = of(limit + 1);
      const expected = {
        code: Code.invalidArgument,
        message: `the message has more than ${limit} ${what}`,
      };
      assert.throws(() => codec.decode(oracleEncode(messageName, tooMany)), expected);
      assert.throws(() => codec.decodeJson(JSON.stringify(tooMany)), expected);
    });
  }

  it("count every field, the unknown ones too", () => {
    const unknownField = [0x28, 0x00];
    const most = Uint8Array.from({ length: 2 * wireLimits.maxFields }, (_, i) => unknownField[i % 2] ?? 0);
    assert.doesNotThrow(() => generalRequestCodec.decode(most));
    assert.throws(() => generalRequestCodec.decode(Buffer.concat([most, Uint8Array.from(unknownField)])), {
      code: Code.malformedRequest,
      message: "Request: more than 100000 fields",
    });
  });

  it("let numbers come value by value, more of them than fields", () => {
    const count = wireLimits.maxFields + 1;
    const shape = [...Buffer.from("5a03a18d06", "hex")]; // [100001]
    const values = new Array(count).fill([0x08, 0x01]).flat();
    const [tensor] = generalRequestCodec.decode(wrap([...shape, ...values])).tensors;
    assert.deepEqual(tensor?.data, new BigInt64Array(count).fill(1n));
  });

  it("stop numbers that come value by value at a limit of their own", () => {
    const values = Buffer.alloc(2 * (wireLimits.maxLooseValues + 1), Buffer.from([0x08, 0x01]));
    assert.throws(() => generalRequestCodec.decode(wrap(values)), {
      code: Code.malformedRequest,
      message: "Tensor.int64_data: more than 4000000 values one by one; send them packed",
    });
  });
});

/** A Request of one tensor of these bytes. */
function wrap(tensor: Uint8Array | readonly number[]): Uint8Array {
  const length = [];
  for (let rest = tensor.length; rest > 0; rest >>>= 7) length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  return Buffer.concat([Uint8Array.from([0x0a, ...length]), Uint8Array.from(tensor)]);
}
