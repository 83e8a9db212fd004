import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { findEscapingExternalData } from "./external-data.js";
import { readModelSummary } from "./read/summarize-model.js";
import { messageType } from "./schema.js";

describe("findEscapingExternalData", () => {
  let folder = "";
  let model = "";

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "external-data-"));
    model = join(folder, "model", "model.onnx");
    await mkdir(join(folder, "model", "weights"), { recursive: true });
    await writeFile(join(folder, "secret.env"), "KEY=1");
    await writeFile(join(folder, "model", "weights.bin"), "");
    await writeFile(join(folder, "model", "weights", "1.bin"), "");
    await symlink(join("..", "secret.env"), join(folder, "model", "leak.bin"));
    await symlink("..", join(folder, "model", "up"));
    await symlink("weights.bin", join(folder, "model", "alias.bin"));
  });
  after(() => rm(folder, { recursive: true }));

  function find(...locations: string[]): Promise<string[]> {
    const externalData = locations.map((location) => ({ tensor: "w", location, offsets: [] }));
    return findEscapingExternalData({ externalData }, model);
  }

  test("finds nothing wrong with files inside the model's folder", async () => {
    assert.deepEqual(await find(), []);
    assert.deepEqual(await find("weights.bin", "./weights/1.bin", "alias.bin"), []);
  });

  test("names each location that is no plain file inside the folder, and why", async () => {
    const problems = {
      "": "the location is missing",
      "/etc/passwd": "must be a path relative to the model's folder, not an absolute one",
      "C:\\secret": "must be a path relative to the model's folder, not an absolute one",
      "../secret.env": 'must not contain ".."',
      "weights/../../secret.env": 'must not contain ".."',
      "weights\\..\\..\\secret.env": 'must not contain ".."',
      "weights.bin\0.txt": "the location has a NUL character",
      "leak.bin": "a symbolic link leads out of the model's folder",
      "up/secret.env": "a symbolic link leads out of the model's folder",
      up: "a symbolic link leads out of the model's folder",
      weights: "is not a plain file",
      ".": "is not a plain file",
      "none.bin": "there is no such file in the model's folder",
      "weights.bin/x": "there is no such file in the model's folder",
    };
    assert.deepEqual(
      await find(...Object.keys(problems)),
      Object.entries(problems).map(
        ([location, problem]) => `external data ${JSON.stringify(location)} of tensor "w": ${problem}`,
      ),
    );
  });

  test("finds a secret that a constant in a branch of a model file asks for", async () => {
    const external_data = [{ key: "location", value: "../secret.env" }];
    const t = { dims: [6], data_type: 2, data_location: 1, external_data };
    const branch = { node: [{ op_type: "Constant", attribute: [{ name: "value", t }] }] };
    const graph = { node: [{ op_type: "If", attribute: [{ name: "then_branch", g: branch }] }] };
    await writeFile(model, messageType("ModelProto").encode({ ir_version: 8, graph }).finish());
    assert.deepEqual(await findEscapingExternalData(await readModelSummary(model), model), [
      'external data "../secret.env" of an unnamed tensor: must not contain ".."',
    ]);
  });

  test("looks at a file once and says how many tensors want it", async () => {
    const externalData = ["", "b", "c"].map((tensor) => ({ tensor, location: "none.bin", offsets: [] }));
    assert.deepEqual(await findEscapingExternalData({ externalData }, model), [
      `external data "none.bin" of an unnamed tensor and 2 more: there is no such file in the model's folder`,
    ]);
  });
});
