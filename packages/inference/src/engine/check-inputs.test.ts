import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, type DType, dtypeTable, ServeError, type Tensor } from "@paddlewheel/core";
import fc from "fast-check";
import { takes, tensor, tensors, variable, zeros } from "../testing/tensors.js";
import { checkInputs } from "./check-inputs.js";

const house = takes(variable("x", "float32", ["N", 13]));
const pair = takes(variable("a", "float32", ["N", "K"]), variable("b", "float32", ["K", "N"]));

function refuses(signature: typeof house, inputs: Record<string, Tensor>, message: string): void {
  assert.throws(
    () => checkInputs("uci", signature, tensors(inputs)),
    new ServeError(Code.invalidArgument, message),
  );
}

describe("checkInputs", () => {
  test("takes what fits: free axes of any size, zero rows, tensors in any order", () => {
    checkInputs("uci", house, tensors({ x: zeros(1, 13) }));
    checkInputs("uci", house, tensors({ x: zeros(0, 13) }));
    checkInputs("uci", pair, tensors({ b: zeros(3, 2), a: zeros(2, 3) }));
    checkInputs("uci", takes(), tensors({}));
  });

  test("names an input that is missing and what the engine wants", () => {
    refuses(pair, { a: zeros(1, 1) }, 'tensor "b": is missing; engine "uci" wants "a", "b"');
    refuses(house, {}, 'tensor "x": is missing; engine "uci" wants "x"');
  });

  test("names an input the model does not have", () => {
    const message = 'tensor "price": is no input of the model; engine "uci" wants "x"';
    refuses(house, { x: zeros(1, 13), price: zeros(1) }, message);
  });

  test("keeps names out of a message that are too long or have control characters", () => {
    const name = `a\n${"b".repeat(5000)}`;
    const message = `tensor "a?${"b".repeat(62)}…": is no input of the model; engine "uci" wants "x"`;
    refuses(house, { x: zeros(1, 13), [name]: zeros(1) }, message);
  });

  test("lists the first inputs of a model that has hundreds", () => {
    const wide = takes(...Array.from({ length: 300 }, (_, i) => variable(`i${i}`, "float32", [1])));
    const listed = Array.from({ length: 16 }, (_, i) => `"i${i}"`).join(", ");
    refuses(wide, {}, `tensor "i0": is missing; engine "uci" wants ${listed} and 284 more`);
  });

  test("refuses another element type", () => {
    const inputs = { x: tensor("int64", [1, 13], new BigInt64Array(13)) };
    refuses(house, inputs, 'tensor "x": element type is int64, the model of engine "uci" wants float32');
  });

  test("refuses another rank", () => {
    refuses(
      house,
      { x: zeros(13) },
      'tensor "x": shape [13] has 1 axis, the model of engine "uci" wants 2 axes: [N, 13]',
    );
    refuses(
      takes(variable("x", "float32", [])),
      { x: zeros(1) },
      'tensor "x": shape [1] has 1 axis, the model of engine "uci" wants 0 axes: []',
    );
  });

  test("refuses another size of a fixed axis", () => {
    refuses(house, { x: zeros(1, 14) }, 'tensor "x": axis 1 is 14, the model of engine "uci" wants 13');
  });

  test("refuses axes of one name that differ between inputs", () => {
    refuses(
      pair,
      { a: zeros(2, 3), b: zeros(4, 2) },
      'tensor "b": axis 0 is 4 but axis 1 of tensor "a" is 3; the model of engine "uci" calls both K and wants them equal',
    );
  });

  test("refuses axes of one name that differ within an input", () => {
    refuses(
      takes(variable("x", "float32", ["S", "S"])),
      { x: zeros(2, 3) },
      'tensor "x": axis 1 is 3 but axis 0 is 2; the model of engine "uci" calls both S and wants them equal',
    );
  });

  test("leaves axes alone that only share a placeholder for a name", () => {
    for (const name of ["", "?", "None", "-1", "unknown"]) {
      const signature = takes(variable("a", "float32", [name]), variable("b", "float32", [name]));
      checkInputs("uci", signature, tensors({ a: zeros(2), b: zeros(3) }));
    }
  });

  test("takes any shape where the model leaves the rank open", () => {
    const open = takes(variable("x", "float32", ["..."]));
    for (const shape of [[], [0], [2, 3, 4]]) checkInputs("uci", open, tensors({ x: zeros(...shape) }));
  });

  test("refuses data that is not what the shape says", () => {
    refuses(
      house,
      { x: tensor("float32", [1, 13], new Float32Array(12)) },
      'tensor "x": shape [1, 13] wants 13 elements, the data has 12',
    );
    refuses(
      house,
      { x: tensor("float32", [1, 13], new Float64Array(13)) },
      'tensor "x": data is not an array of float32',
    );
  });

  test("refuses sizes that are no sizes", () => {
    for (const size of [-1, 0.5, Number.NaN, 2 ** 40]) {
      refuses(
        house,
        { x: tensor("float32", [size, 13], new Float32Array(13)) },
        `tensor "x": shape[0] is ${size}, must be a whole number from 0 to 2147483647`,
      );
    }
  });

  test("refuses strings the runtime would cut, and what is no string", () => {
    const text = takes(variable("t", "string", ["N"]));
    checkInputs("uci", text, tensors({ t: tensor("string", [2], ["", "ü"]) }));
    refuses(
      text,
      { t: tensor("string", [2], ["a", "b\0c"]) },
      'tensor "t": element 1 has a NUL character, strings must not',
    );
    refuses(
      text,
      { t: tensor("string", [1], [7 as unknown as string]) },
      'tensor "t": element 0 is not a string',
    );
  });

  const dtypes = Object.keys(dtypeTable) as DType[];
  const shapeArb = fc.array(fc.nat(4), { maxLength: 4 });

  function filled(dtype: DType, shape: readonly number[]): Tensor {
    const { arrayType, arrayStride } = dtypeTable[dtype];
    const count = shape.reduce((product, size) => product * size, 1);
    return tensor(dtype, shape, arrayType ? new arrayType(count * arrayStride) : Array(count).fill(""));
  }

  test("takes a tensor of the declared shape and no other, whatever the type", () => {
    fc.assert(
      fc.property(fc.constantFrom(...dtypes), shapeArb, shapeArb, (dtype, declared, given) => {
        const check = () =>
          checkInputs("e", takes(variable("x", dtype, declared)), tensors({ x: filled(dtype, given) }));
        if (declared.join() === given.join()) check();
        else assert.throws(check, (thrown: ServeError) => thrown.code === Code.invalidArgument);
      }),
    );
  });

  test("throws nothing but invalidArgument that opens with a tensor, whatever it is given", () => {
    const shape = fc.array(fc.oneof(fc.integer(), fc.double()), { maxLength: 20 });
    const data = fc.oneof(fc.float32Array(), fc.uint8Array(), fc.array(fc.string()));
    const anyTensor = fc.record({ dtype: fc.constantFrom(...dtypes), shape, data });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anyTensor), (inputs) => {
        try {
          checkInputs("e", house, new Map(Object.entries(inputs as Record<string, Tensor>)));
        } catch (thrown) {
          assert.ok(thrown instanceof ServeError);
          assert.equal(thrown.code, Code.invalidArgument);
          assert.match(thrown.message, /^tensor "[^\n]*": [^\n]*$/);
          assert.ok(thrown.message.length <= 1024);
        }
      }),
    );
  });
});
