import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { ManualClock } from "@paddlewheel/core/testing";
import { FileWatch } from "./file-watch.js";

describe("FileWatch", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "file-watch-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function watching(...names: string[]): { changes(): number; look(): Promise<void>; watch: FileWatch } {
    const clock = new ManualClock();
    let count = 0;
    const files = names.map((name) => join(folder, name));
    const watch = new FileWatch({ files, clock, onChange: () => count++ });
    watch.start();
    const look = async (): Promise<void> => {
      clock.advance(2000);
      // The next timer is set when it has looked.
      while (clock.timerCount === 0) await new Promise(setImmediate);
    };
    return { changes: () => count, look, watch };
  }

  test("tells each change of any file once", async () => {
    writeFileSync(join(folder, "a"), "1");
    const { changes, look, watch } = watching("a", "b");
    await look();
    assert.equal(changes(), 0);
    writeFileSync(join(folder, "a"), "12");
    await look();
    await look();
    assert.equal(changes(), 1);
    writeFileSync(join(folder, "b"), "");
    await look();
    assert.equal(changes(), 2);
    rmSync(join(folder, "a"));
    await look();
    assert.equal(changes(), 3);
    watch.close();
  });

  test("sees what was changed after it was made and before it was started, and links to other files", async () => {
    writeFileSync(join(folder, "1"), "a");
    writeFileSync(join(folder, "2"), "a");
    symlinkSync("1", join(folder, "link"));
    const { changes, look, watch } = watching("link");
    symlinkSync("2", join(folder, "next"));
    renameSync(join(folder, "next"), join(folder, "link"));
    await look();
    assert.equal(changes(), 1);
    watch.close();
  });

  test("is silent once it is closed", async () => {
    const clock = new ManualClock();
    const watch = new FileWatch({ files: [join(folder, "a")], clock, onChange: () => assert.fail("closed") });
    watch.start();
    writeFileSync(join(folder, "a"), "1");
    clock.advance(2000);
    watch.close();
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    assert.equal(clock.timerCount, 0);
  });
});
