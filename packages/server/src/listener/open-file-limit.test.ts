import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionsWithin, openFileLimit, parseOpenFileLimit } from "./open-file-limit.js";

test("half of the files but 256 may be connections, and one at least", () => {
  assert.equal(connectionsWithin(1024), 384);
  assert.equal(connectionsWithin(64), 1);
  assert.equal(connectionsWithin(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
});

test("the limit of open files is the soft one", () => {
  const head = "Limit                     Soft Limit           Hard Limit           Units     \n";
  assert.equal(
    parseOpenFileLimit(`${head}Max open files            1024                 524288               files`),
    1024,
  );
  assert.equal(
    parseOpenFileLimit(`${head}Max open files            unlimited            unlimited            files`),
    Infinity,
  );
  assert.equal(parseOpenFileLimit("nothing of the kind"), Infinity);
  assert.ok(openFileLimit() > 0);
});
