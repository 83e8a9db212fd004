import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type IssuedCertificate, TestAuthority } from "@paddlewheel/server/testing";
import { generalRequestCodec, generalResponseCodec } from "@paddlewheel/wire";
import { house, modelFolder, price } from "../cli/example.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { type ProgramEnd, python, runProgram, skipWithout } from "./programs.js";

/** The sources beside this test, which are not compiled. */
const sources = fileURLToPath(new URL("../../src/interop/", import.meta.url));
const token = "a-token-of-the-tests-0123";

for (const grpc of ["native", "grpc-js"]) {
  describe(`peers that nobody here wrote, over TLS to --grpc ${grpc}`, () => {
    let authority: TestAuthority;
    let client: IssuedCertificate;
    let server: StartedServer;

    before(async () => {
      authority = new TestAuthority();
      client = authority.issue({ name: "client" });
      const pair = authority.issue({ name: "server" });
      const flags = ["--tls_cert", pair.certFile, "--tls_key", pair.keyFile, "--tls_ca", authority.caFile];
      const args = [
        "serve",
        "--model",
        modelFolder,
        "--name",
        "uci",
        "--port",
        "0",
        "--grpc",
        grpc,
        ...flags,
      ];
      server = await startServer(args, { env: { PADDLEWHEEL_AUTH_TOKENS: token } });
    });

    after(async () => {
      const { code, stdout } = await server.stop();
      authority[Symbol.dispose]();
      assert.equal(code, 0);
      assert.ok(!/"level":"error"/.test(stdout), stdout);
    });

    function curl(path: string, ...args: readonly string[]): Promise<ProgramEnd> {
      return runProgram("curl", [
        "--silent",
        "--show-error",
        "--cacert",
        authority.caFile,
        ...args,
        `${server.url}${path}`,
      ]);
    }

    // @grpc/grpc-js answers nothing but gRPC over HTTP/2.
    for (const version of grpc === "native" ? ["--http1.1", "--http2"] : ["--http1.1"]) {
      test(`curl ${version} gets the price with its certificate and its token`, {
        skip: skipWithout("curl"),
      }, async () => {
        const pair = ["--cert", client.certFile, "--key", client.keyFile];
        const written = ["--write-out", "\n%{http_version} %{http_code}"];
        const call = [
          "--data",
          JSON.stringify({ feed: [{ x: house }], fetch: ["price"] }),
          ...pair,
          ...written,
          version,
        ];
        const shown = version === "--http2" ? "2" : "1.1";
        const bearer = ["--header", `authorization: Bearer ${token}`];
        const answered = await curl("/uci/prediction", ...call, ...bearer);
        assert.equal(answered.stdout.toString(), `{"result":{"price":[[${price}]]}}\n${shown} 200`);
        const refused = await curl("/uci/prediction", ...call);
        assert.match(refused.stdout.toString(), new RegExp(`\n${shown.replace(".", "\\.")} 401$`));
        assert.equal((await curl("/health/live", ...pair, version)).stdout.toString(), "OK");
        const stranger = await curl("/health/live", version);
        assert.notEqual(stranger.code, 0, "without a certificate there is no connection");
      });
    }

    test("Python gets the price with its certificate and its token", {
      skip: skipWithout("python"),
    }, async () => {
      assert.ok(python);
      const x = {
        name: "x",
        aliasName: "x",
        dtype: "float32",
        shape: [1, 13],
        data: Float32Array.from(house),
      } as const;
      const request = { tensors: [x], fetchVarNames: ["price"], profileServer: false, logId: 0n };
      const message = Buffer.from(generalRequestCodec.encode(request)).toString("hex");
      const files = [authority.caFile, client.certFile, client.keyFile];
      const args = [join(sources, "tls_client.py"), `localhost:${server.port}`, ...files, token, message];
      const { code, stdout, stderr } = await runProgram(python, args);
      assert.equal(code, 0, stderr);
      const { health, refused, byKey, answered } = JSON.parse(stdout.toString());
      assert.deepEqual(health, { status: "OK", answer: "0801" });
      assert.equal(refused.status, "UNAUTHENTICATED");
      assert.match(refused.text, /^a token is needed: /);
      for (const { answer } of [byKey, answered]) {
        const { outputs } = generalResponseCodec.decode(Buffer.from(answer, "hex"));
        assert.deepEqual(outputs[0]?.tensors[0]?.data, Float32Array.of(price));
      }
    });
  });
}

test("h2load gets every answer over many connections of TLS", { skip: skipWithout("nghttp2") }, async () => {
  using authority = new TestAuthority();
  const { certFile, keyFile } = authority.issue({ name: "server" });
  const flags = ["--port", "0", "--tls_cert", certFile, "--tls_key", keyFile];
  await using server = await startServer(["serve", "--model", modelFolder, ...flags]);
  const args = ["-n", "3000", "-c", "20", "-m", "10", `${server.url}/health/ready`];
  const { code, stdout, stderr } = await runProgram("h2load", args);
  assert.equal(code, 0, stderr);
  assert.match(stdout.toString(), /Application protocol: h2\n/);
  assert.match(stdout.toString(), / 3000 succeeded, 0 failed, 0 errored, 0 timeout\n/);
});
