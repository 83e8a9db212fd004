import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode, errorCodeName } from "./error-code.js";

test("errorCodeName gives the names of RFC 9113, and the number of a code that has none", () => {
  assert.equal(errorCodeName(ErrorCode.refusedStream), "REFUSED_STREAM");
  assert.equal(errorCodeName(ErrorCode.http11Required), "HTTP_1_1_REQUIRED");
  assert.equal(errorCodeName(ErrorCode.noError), "NO_ERROR");
  assert.equal(errorCodeName(99), "99");
});
