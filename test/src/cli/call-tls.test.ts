import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { TestAuthority } from "@paddlewheel/server/testing";
import { runCommand } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { house, modelFolder, price } from "./example.js";

const feed = ["--feed", `x=${JSON.stringify(house)}`];

describe("paddlewheel call over TLS", () => {
  const authority = new TestAuthority();
  let server: StartedServer;
  before(async () => {
    const { certFile, keyFile } = authority.issue({ name: "server" });
    const where = ["--model", modelFolder, "--host", "127.0.0.1", "--port", "0"];
    server = await startServer(["serve", ...where, "--tls_cert", certFile, "--tls_key", keyFile]);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    authority[Symbol.dispose]();
  });

  for (const scheme of ["", "grpcs://", "https://", "baidu_std://"]) {
    test(`trusts the authority it is given, at ${scheme}HOST`, async () => {
      const host = scheme + server.address;
      const { code, stdout, stderr } = await runCommand([
        "call",
        host,
        "--tls_ca",
        authority.caFile,
        ...feed,
      ]);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      assert.deepEqual(JSON.parse(stdout), { price: [[price]] });
    });
  }

  for (const args of [
    ["--tls", ""],
    ["", "grpcs://"],
  ] as const) {
    test(`does not trust one it was not given, with ${args.join("")}`, async () => {
      const [flag, scheme] = args;
      const host = scheme + server.address;
      const { code, stdout, stderr } = await runCommand(["call", host, ...(flag ? [flag] : []), ...feed]);
      assert.deepEqual({ code, stdout }, { code: 1, stdout: "" });
      assert.match(stderr, /^paddlewheel: cannot call .*certificate/);
    });
  }
});
