import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { createModelFolder } from "../testing/model-folder.js";
import { CipherKey } from "./cipher-key.js";
import { sealFile, unsealFile, unsealToMemory } from "./sealed-file.js";
import { headerBytes, tagBytes } from "./sealed-header.js";

const frameBytes = 4096;

function keyOf(byte: number): CipherKey {
  return new CipherKey(new Uint8Array(32).fill(byte));
}

/** The files of one test; each call seals into a new file. */
async function createFolder(t: Parameters<typeof createModelFolder>[0]) {
  const dir = await createModelFolder(t, {});
  let count = 0;
  const path = () => join(dir, String(count++));
  const seal = async (content: Uint8Array): Promise<string> => {
    const [plain, sealed] = [path(), path()];
    await writeFile(plain, content);
    await sealFile(plain, sealed, keyOf(1), frameBytes);
    return sealed;
  };
  return { path, seal };
}

const lengths = [0, 1, frameBytes - 1, frameBytes, frameBytes + 1, 3 * frameBytes, 3 * frameBytes + 7];

describe("an encrypted file", () => {
  test("gives its content back, whatever its length", async (t) => {
    const { path, seal } = await createFolder(t);
    for (const length of lengths) {
      const content = Uint8Array.from({ length }, (_, i) => i * 7);
      const sealed = await seal(content);
      assert.deepEqual(await unsealToMemory(sealed, keyOf(1)), content);
      const target = path();
      await unsealFile(sealed, target, keyOf(1));
      assert.deepEqual(new Uint8Array(await readFile(target)), content);
    }
  });

  test("does not hold its content, nor look the same twice", async (t) => {
    const { seal } = await createFolder(t);
    const content = Buffer.from("the weights of a model, ".repeat(8));
    const [one, two] = [await readFile(await seal(content)), await readFile(await seal(content))];
    assert.ok(!one.includes("weights"));
    assert.ok(!one.subarray(headerBytes).equals(two.subarray(headerBytes)));
  });

  test("is refused with any bit changed", async (t) => {
    const { path, seal } = await createFolder(t);
    const good = await readFile(await seal(new Uint8Array(2 * frameBytes + 5)));
    const damaged = path();
    const refused = async (bytes: Uint8Array): Promise<void> => {
      await writeFile(damaged, bytes);
      await assert.rejects(unsealToMemory(damaged, keyOf(1)), (error: Error) => {
        assert.ok(error.message.startsWith(`${damaged}: `), error.message);
        return true;
      });
    };
    const flip = (at: number, bit: number): Buffer => {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ (1 << bit);
      return bad;
    };
    for (let at = 0; at < headerBytes; at++) for (let bit = 0; bit < 8; bit++) await refused(flip(at, bit));
    const place = fc.tuple(
      fc.integer({ min: headerBytes, max: good.length - 1 }),
      fc.integer({ min: 0, max: 7 }),
    );
    await fc.assert(
      fc.asyncProperty(place, ([at, bit]) => refused(flip(at, bit))),
      { numRuns: 200 },
    );
    const cut = fc.integer({ min: 0, max: good.length - 1 });
    await fc.assert(
      fc.asyncProperty(cut, (length) => refused(good.subarray(0, length))),
      { numRuns: 100 },
    );
    await refused(Buffer.concat([good, Buffer.alloc(1)]));
  });

  test("is refused with frames in another order, twice, or cut off where the header is made to fit", async (t) => {
    const { path, seal } = await createFolder(t);
    const file = await readFile(await seal(new Uint8Array(3 * frameBytes).fill(9)));
    const header = file.subarray(0, headerBytes);
    const size = frameBytes + tagBytes;
    const [a, b, c] = [0, 1, 2].map((i) =>
      file.subarray(headerBytes + i * size, headerBytes + (i + 1) * size),
    );
    assert.ok(a && b && c);
    const shorter = Buffer.from(header);
    shorter.writeBigUInt64LE(BigInt(2 * frameBytes), 16);
    const damaged = path();
    const cases: readonly [Buffer[], number][] = [
      [[header, b, a, c], 1],
      [[header, a, a, c], 2],
      [[header, a, c, b], 2],
      [[shorter, a, b], 1],
    ];
    for (const [parts, frame] of cases) {
      await writeFile(damaged, Buffer.concat(parts));
      await assert.rejects(unsealToMemory(damaged, keyOf(1)), {
        message: `${damaged}: is damaged in frame ${frame}, or was changed`,
      });
    }
  });

  test("names itself and the ids when the key is another one, and nothing of the keys", async (t) => {
    const { path, seal } = await createFolder(t);
    const sealed = await seal(Buffer.from("x"));
    const [right, wrong] = [keyOf(1), keyOf(2)].map(({ id }) => Buffer.from(id).toString("hex"));
    const message = `${sealed}: is encrypted with another key: with ${right} by its id, not with ${wrong}`;
    await assert.rejects(unsealToMemory(sealed, keyOf(2)), { message });
    const target = path();
    await assert.rejects(unsealFile(sealed, target, keyOf(2)), { message });
    await assert.rejects(stat(target), { code: "ENOENT" });
  });

  test("must be one", async (t) => {
    const { path } = await createFolder(t);
    const file = path();
    for (const content of ["", "short", "x".repeat(100)]) {
      await writeFile(file, content);
      const message = `${file}: is no file that paddlewheel encrypt wrote`;
      await assert.rejects(unsealToMemory(file, keyOf(1)), { message });
    }
  });
});

test("a key shows itself to nobody, and is gone when it is wiped", () => {
  const key = new CipherKey(new Uint8Array(32).fill(0x41));
  for (const text of [inspect(key, { showHidden: true }), JSON.stringify(key), String(key)]) {
    assert.ok(!/A{4}|65,|41/.test(text), text);
  }
  key.wipe();
  assert.deepEqual(key.copy(), new Uint8Array(32));
});
