import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { hashKey, keyBytes, readKeyAt } from "./sticky-key.js";

const hashOf = (key: string, endpoint = "ab") => hashKey(Buffer.from(key), endpoint);

describe("sticky keys", () => {
  test("have the same share each time, and all shares alike", () => {
    assert.deepEqual(hashOf("user-1"), hashOf("user-1"));
    const counts = new Array<number>(10).fill(0);
    for (let user = 0; user < 100_000; user++) {
      const tenth = Math.floor(hashOf(`user-${user}`).share * 10);
      counts[tenth] = (counts[tenth] ?? 0) + 1;
    }
    const sigma = Math.sqrt(100_000 * 0.1 * 0.9);
    for (const count of counts) assert.ok(Math.abs(count - 10_000) < 4 * sigma, String(counts));
  });

  test("have other shares at other endpoints, and the same request code", () => {
    assert.notEqual(hashOf("user-1", "a").share, hashOf("user-1", "b").share);
    assert.equal(hashOf("user-1", "a").requestCode, hashOf("user-1", "b").requestCode);
  });

  test("are read at a path of own fields, and may be any value", () => {
    const request = { user: { id: 5n }, tags: ["a", "b"], bytes: Uint8Array.of(1) };
    const textAt = (...path: readonly string[]) => {
      const bytes = readKeyAt(request, path);
      return bytes && Buffer.from(bytes).toString();
    };
    assert.equal(textAt("user", "id"), "5");
    assert.equal(textAt("tags"), "a,b");
    assert.equal(textAt("bytes"), "\u0001");
    for (const path of [["user"], ["user", "name"], ["user", "id", "x"], ["toString"]]) {
      assert.equal(textAt(...path), undefined, path.join("."));
    }
    assert.equal(keyBytes(null), undefined);
  });
});
