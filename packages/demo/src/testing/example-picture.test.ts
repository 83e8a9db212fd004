import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { decodeJpeg, openJpeg } from "../image/decode-jpeg.js";
import { examplePicture } from "./example-picture.js";

test("the picture of the demo-serving example is the one that is drawn here", async () => {
  const file = new URL("../../../../examples/demo-serving/picture.jpg", import.meta.url);
  const bytes = await readFile(file);
  assert.deepEqual(bytes, Buffer.from(examplePicture()));
  const { width, height } = decodeJpeg(openJpeg("picture.jpg", bytes));
  assert.deepEqual([width, height], [96, 64]);
});
