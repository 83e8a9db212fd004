import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { status } from "@grpc/grpc-js";
import { Code, type CodeName } from "@paddlewheel/core";
import { httpStatus } from "./http/status.js";
import { grpcStatus } from "./rpc/grpc-status.js";

const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| `(\w+)` *\| (-?\d+) *\| (\d+) *\| (\w+) *\|/gm)];

test("docs/errors.md lists exactly the codes there are, in their order", () => {
  assert.deepEqual(
    rows.map(([, name]) => name),
    Object.keys(Code),
  );
});

for (const [, name = "", number, http, grpc = ""] of rows) {
  test(`docs/errors.md tells the truth about ${name}`, () => {
    const code = name as CodeName;
    assert.equal(Number(number), Code[code]);
    assert.equal(Number(http), httpStatus[code]);
    assert.equal(status[grpc as keyof typeof status], grpcStatus[code]);
  });
}

test("every number stands for one code", () => {
  assert.equal(new Set(Object.values(Code)).size, Object.keys(Code).length);
});
