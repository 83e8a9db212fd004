import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import { createRegistries } from "../registries.js";
import { importOpModule } from "./import-op-module.js";

const opModule = `export class TopOp { inference() {} bind() {} }\n`;

let dir = "";
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "paddlewheel-ops-"));
  await mkdir(join(dir, "node_modules", "my-ops"), { recursive: true });
  await writeFile(join(dir, "ops.mjs"), opModule);
  await writeFile(join(dir, "broken.mjs"), "export class {");
  await writeFile(join(dir, "fails.mjs"), 'throw new Error("no licence");');
  await writeFile(join(dir, "node_modules", "my-ops", "index.mjs"), opModule);
  const manifest = { name: "my-ops", type: "module", exports: "./index.mjs" };
  await writeFile(join(dir, "node_modules", "my-ops", "package.json"), JSON.stringify(manifest));
});
after(() => rm(dir, { recursive: true }));

describe("importing a module of Ops", () => {
  for (const specifier of ["ops.mjs", "my-ops"]) {
    test(`registers what ${specifier} exports`, async () => {
      const registries = createRegistries();
      const path = specifier.endsWith(".mjs") ? join(dir, specifier) : specifier;
      await importOpModule({ specifier: path, from: dir, registries });
      assert.ok(registries.ops.has("TopOp"));
    });
  }

  for (const [file, reason] of [
    ["nowhere.mjs", /^module ".*nowhere\.mjs": cannot be imported: Cannot find module/],
    [
      "broken.mjs",
      /^module ".*broken\.mjs": cannot be imported: Unexpected token '\{'; "node --check .*broken\.mjs" shows where$/,
    ],
    ["fails.mjs", /^module ".*fails\.mjs": cannot be imported: no licence$/],
  ] as const) {
    test(`says why ${file} cannot be imported`, async () => {
      const specifier = join(dir, file);
      const imported = importOpModule({ specifier, from: dir, registries: createRegistries() });
      await assert.rejects(imported, { code: Code.invalidConf, message: reason });
    });
  }

  test("names a package that is not installed", async () => {
    const imported = importOpModule({ specifier: "no-such-ops", from: dir, registries: createRegistries() });
    await assert.rejects(imported, {
      message:
        'module "no-such-ops": cannot be imported: Cannot find module \'no-such-ops\'; install it, or write "./" in front of a file',
    });
  });
});
