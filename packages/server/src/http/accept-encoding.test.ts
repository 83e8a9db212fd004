import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptsGzip } from "./accept-encoding.js";

const cases: [header: string | undefined, accepts: boolean][] = [
  [undefined, false],
  ["", false],
  ["gzip", true],
  ["GZIP", true],
  ["x-gzip", true],
  ["br, gzip;q=0.5", true],
  ["gzip;q=0.001", true],
  ["gzip;q=0", false],
  ["gzip ; q = 0.000", false],
  ["*", true],
  ["*;q=0", false],
  ["gzip;q=0, *", false],
  ["*;q=0, gzip;q=1", true],
  ["identity", false],
  ["gzipped, my-gzip", false],
];
for (const [header, accepts] of cases) {
  test(`accept-encoding ${JSON.stringify(header)} ${accepts ? "takes" : "does not take"} gzip`, () => {
    assert.equal(acceptsGzip(header), accepts);
  });
}
