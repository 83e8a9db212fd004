import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatFieldPath } from "../fault.js";
import { type ConfigOf, defineConfig, readConfig } from "./op-config.js";

const schema = defineConfig({
  k: { int32: 5 },
  threshold: { double: 0.5 },
  sorted: { bool: true },
  label: { string: "top" },
});

function faultsOf(values: Record<string, unknown>): string[] {
  return readConfig(schema, values).faults.map(({ path, message }) => `${formatFieldPath(path)}: ${message}`);
}

const limited = defineConfig({
  k: { int32: 5, min: 1, max: 100 },
  alpha: { double: 0.5, min: 0 },
  beta: { double: 0.5, max: 1 },
  order: { string: "rgb", oneOf: ["rgb", "bgr"] },
});

describe("an option with limits", () => {
  const faults = (values: Record<string, unknown>): string[] =>
    readConfig(limited, values).faults.map(({ path, message }) => `${formatFieldPath(path)}: ${message}`);

  test("takes what lies within them", () => {
    const values = { k: "100", alpha: 0, beta: "1", order: "bgr" };
    assert.deepEqual(faults(values), []);
    const order: "rgb" | "bgr" = (readConfig(limited, values).config as ConfigOf<typeof limited>).order;
    assert.equal(order, "bgr");
  });

  test("refuses what does not, and says what is allowed", () => {
    assert.deepEqual(faults({ k: "0", alpha: -1, beta: 2, order: "RGB" }), [
      "config.k: 0 is out of range, must be from 1 to 100",
      "config.alpha: -1 is out of range, must be at least 0",
      "config.beta: 2 is out of range, must be at most 1",
      'config.order: "RGB" is not allowed, must be one of "rgb", "bgr"',
    ]);
  });
});

describe("readConfig", () => {
  test("gives the defaults where conf says nothing", () => {
    assert.deepEqual(readConfig(schema, {}), {
      config: { k: 5, threshold: 0.5, sorted: true, label: "top" },
      faults: [],
    });
  });

  const accepted: { name: string; value: unknown; read: unknown }[] = [
    { name: "k", value: "7", read: 7 },
    { name: "k", value: " -7 ", read: -7 },
    { name: "k", value: 0, read: 0 },
    { name: "k", value: 5n, read: 5 },
    { name: "k", value: 2 ** 31 - 1, read: 2 ** 31 - 1 },
    { name: "k", value: "-2147483648", read: -(2 ** 31) },
    { name: "threshold", value: "1e-3", read: 0.001 },
    { name: "threshold", value: 2, read: 2 },
    { name: "sorted", value: "false", read: false },
    { name: "sorted", value: true, read: true },
    { name: "label", value: "", read: "" },
    { name: "label", value: " 7 ", read: " 7 " },
  ];
  for (const { name, value, read } of accepted) {
    test(`reads ${name} from the ${typeof value} ${value}`, () => {
      const { config, faults } = readConfig(schema, { [name]: value });
      assert.deepEqual(faults, []);
      assert.equal(config[name], read);
    });
  }

  const refused: { name: string; value: unknown; fault: string }[] = [
    {
      name: "k",
      value: "many",
      fault: 'config.k: must be a whole number from -2147483648 to 2147483647, not "many"',
    },
    {
      name: "k",
      value: "",
      fault: 'config.k: must be a whole number from -2147483648 to 2147483647, not ""',
    },
    {
      name: "k",
      value: 1.5,
      fault: "config.k: must be a whole number from -2147483648 to 2147483647, not 1.5",
    },
    {
      name: "k",
      value: 2 ** 31,
      fault: "config.k: must be a whole number from -2147483648 to 2147483647, not 2147483648",
    },
    {
      name: "k",
      value: "-2147483649",
      fault: 'config.k: must be a whole number from -2147483648 to 2147483647, not "-2147483649"',
    },
    {
      name: "k",
      value: [5],
      fault: "config.k: must be a whole number from -2147483648 to 2147483647, not a list",
    },
    {
      name: "k",
      value: true,
      fault: "config.k: must be a whole number from -2147483648 to 2147483647, not true",
    },
    {
      name: "k",
      value: null,
      fault: "config.k: must be a whole number from -2147483648 to 2147483647, not null",
    },
    {
      name: "threshold",
      value: "Infinity",
      fault: 'config.threshold: must be a finite number, not "Infinity"',
    },
    { name: "threshold", value: Number.NaN, fault: "config.threshold: must be a finite number, not NaN" },
    { name: "threshold", value: {}, fault: "config.threshold: must be a finite number, not an object" },
    { name: "sorted", value: "yes", fault: 'config.sorted: must be true or false, not "yes"' },
    { name: "sorted", value: 1, fault: "config.sorted: must be true or false, not 1" },
    { name: "sorted", value: ["true"], fault: "config.sorted: must be true or false, not a list" },
    { name: "label", value: 7n, fault: "config.label: must be a string, not 7" },
  ];
  for (const { name, value, fault } of refused) {
    test(`refuses ${name} with: ${fault}`, () => {
      assert.deepEqual(faultsOf({ [name]: value }), [fault]);
      assert.deepEqual(readConfig(schema, { [name]: value }).config, readConfig(schema, {}).config);
    });
  }

  test("tells of options that are not declared, with the name they may have meant", () => {
    const values = { treshold: 1, colour: "red", constructor: "x", ["__proto__"]: 1 };
    assert.deepEqual(faultsOf(values), [
      'config.treshold: no option named "treshold"; did you mean "threshold"?',
      'config.colour: no option named "colour", there is "k", "threshold", "sorted", "label"',
      'config.constructor: no option named "constructor", there is "k", "threshold", "sorted", "label"',
      'config.__proto__: no option named "__proto__", there is "k", "threshold", "sorted", "label"',
    ]);
  });

  test("tells of all faults at once", () => {
    assert.equal(faultsOf({ k: "x", sorted: "x", extra: "x" }).length, 3);
  });

  test("of an Op without options refuses any", () => {
    assert.deepEqual(readConfig(undefined, {}), { config: {}, faults: [] });
    assert.deepEqual(readConfig(undefined, { k: 1 }).faults, [
      { path: ["config", "k"], message: 'no option named "k": the Op takes none, remove it' },
    ]);
  });
});
