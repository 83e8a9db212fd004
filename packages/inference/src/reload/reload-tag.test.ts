import assert from "node:assert/strict";
import { test } from "node:test";
import { ReloadableType } from "@paddlewheel/core";
import { announcesReload, type ReloadTag } from "./reload-tag.js";

const old: ReloadTag = { text: "5:1:1", mtimeNs: 5n };
const later: ReloadTag = { text: "6:1:1", mtimeNs: 6n };
const earlier: ReloadTag = { text: "4:1:1", mtimeNs: 4n };
const otherSize: ReloadTag = { text: "5:2:1", mtimeNs: 5n };

const announced = (type: ReloadableType, loaded: ReloadTag | undefined) =>
  [old, later, earlier, otherSize, undefined].map((now) => announcesReload(type, { loaded, now }));

test("another tag announces a new model; for timestamp_gt an earlier one does not", () => {
  assert.deepEqual(announced(ReloadableType.timestampNe, old), [false, true, true, true, false]);
  assert.deepEqual(announced(ReloadableType.timestampGt, old), [false, true, false, true, false]);
  assert.deepEqual(announced(ReloadableType.md5sum, old), [false, true, true, true, false]);
  assert.deepEqual(announced(ReloadableType.revision, old), [false, true, true, true, false]);
  assert.deepEqual(announced(ReloadableType.none, old), [false, false, false, false, false]);
});

test("a tag where there was none announces a new model", () => {
  assert.deepEqual(announced(ReloadableType.timestampGt, undefined), [true, true, true, true, false]);
  assert.deepEqual(announced(ReloadableType.none, undefined), [false, false, false, false, false]);
});
