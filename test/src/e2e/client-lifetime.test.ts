import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { protocols } from "@paddlewheel/client";
import type { StartedServer } from "../harness/start-server.js";
import { serveModel } from "./serve-model.js";
import { slowModel } from "./slow-model.js";

const program = fileURLToPath(new URL("leave-open.js", import.meta.url));

describe("a client that nobody closes", () => {
  let server: StartedServer;
  before(async () => {
    server = await serveModel({ model: slowModel() });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  for (const protocol of protocols) {
    test(`keeps no process alive after its calls by ${protocol}, nor by probing`, async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [program, protocol, server.address]);
      assert.equal(stdout, "answered 1\n".repeat(3));
    });
  }
});
