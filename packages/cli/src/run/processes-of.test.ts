import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { parseFlags } from "../flags/parse-flags.js";
import { processesFlags } from "./processes-flags.js";
import { processesOf } from "./processes-of.js";

const processes = (...args: string[]): number | undefined =>
  processesOf(parseFlags(processesFlags, args).values);

test("there are as many processes as the flag says, one per core by auto, and no others without it", () => {
  assert.equal(processes(), undefined);
  assert.equal(processes("--processes=3"), 3);
  assert.equal(processes("--processes=auto"), availableParallelism());
});

for (const text of ["0", "257", "-1", "two", "1.5", "Auto"]) {
  test(`there cannot be ${text} processes`, () => {
    assert.throws(() => processes(`--processes=${text}`), {
      name: "UsageError",
      message: `--processes must be a whole number from 1 to 256, or auto, not ${JSON.stringify(text)}`,
    });
  });
}
