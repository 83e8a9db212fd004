import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fuzz, fuzzedProtocols } from "./fuzz.js";

describe("malformed frames", () => {
  for (const protocol of Object.values(fuzzedProtocols)) {
    test(`of ${protocol.name} do no harm to the server, nor to its good clients`, async () => {
      const { connections, good } = await fuzz({ protocol, frames: 3000, seed: 1 });
      assert.ok(connections >= 1000);
      assert.ok(good > 0);
    });
  }
});
