import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Client, type ClientOptions } from "@paddlewheel/client";
import { Code } from "@paddlewheel/core";
import { type IssuedCertificate, TestAuthority } from "@paddlewheel/server/testing";
import { clientFolder, house, modelFolder, price } from "../cli/example.js";
import { runCommand } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";

const serveModel = ["serve", "--model", modelFolder, "--port", "0"];
const token = "canary-0123456789abcdef";

async function predict(endpoint: string, options: ClientOptions): Promise<unknown> {
  const client = new Client({ timeoutMs: 20_000, ...options });
  client.loadClientConfig(clientFolder);
  client.connect([endpoint]);
  try {
    return (await client.predict({ feed: { x: house }, fetch: ["price"] })).price;
  } finally {
    client.close();
  }
}

const expected = { dtype: "float32", shape: [1, 1], data: Float32Array.of(price) };

describe("a server with tokens", () => {
  let folder: string;
  let tokenFile: string;
  let server: StartedServer;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "tokens-"));
    tokenFile = join(folder, "tokens");
    writeFileSync(tokenFile, `${token} GeneralModelService # the client`);
    server = await startServer([...serveModel, "--auth_token_file", tokenFile]);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true });
  });

  test("lets the client in that has one, over gRPC and HTTP", async () => {
    for (const endpoint of [server.address, server.url]) {
      assert.deepEqual(await predict(endpoint, { token }), expected);
      await assert.rejects(predict(endpoint, {}), { code: Code.unauthenticated });
      await assert.rejects(predict(endpoint, { token: "canary-of-somebody-else" }), {
        code: Code.unauthenticated,
        message: "the token is not known here",
      });
    }
  });

  test("keeps its health open, and nothing else", async () => {
    const statusOf = async (path: string, headers = {}): Promise<number> =>
      (await fetch(`${server.url}${path}`, { headers })).status;
    for (const path of ["/health", "/health/live", "/health/ready"]) assert.equal(await statusOf(path), 200);
    for (const path of ["/metrics", "/nothing"]) assert.equal(await statusOf(path), 401);
    assert.equal(await statusOf("/metrics", { "x-api-key": token }), 403);
  });

  test("takes new tokens without a restart", async () => {
    writeFileSync(tokenFile, `${token} GeneralModelService\nanyone metrics`);
    await server.command.waitFor("stdout", /tokens were read again/);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    assert.match(metrics, /paddlewheel_auth_refused_total\{reason="unknown"\} 2\n/);
    assert.ok(!metrics.includes("canary"));
  });

  test("shows one on no page", async () => {
    writeFileSync(tokenFile, `${token}\n`);
    await server.command.waitFor("stdout", /(tokens were read again.*){2}/s);
    const headers = { authorization: `Bearer ${token}` };
    for (const path of [
      "/",
      "/status",
      "/vars",
      "/flags",
      "/connections",
      "/list",
      "/protobufs",
      "/metrics",
    ]) {
      const answer = await fetch(`${server.url}${path}`, { headers });
      assert.equal(answer.status, 200, path);
      assert.ok(!(await answer.text()).includes("canary"), path);
    }
  });

  test("never logs one", async () => {
    const { stdout, stderr, code } = await server.stop();
    assert.equal(code, 0);
    assert.match(stdout, /the token is not known here/);
    assert.ok(!`${stdout}${stderr}`.includes("canary"));
  });
});

test("tokens may come from the environment", async () => {
  const env = { PADDLEWHEEL_AUTH_TOKENS: token };
  await using server = await startServer(serveModel, { env });
  assert.deepEqual(await predict(server.address, { token }), expected);
  await assert.rejects(predict(server.address, {}), { code: Code.unauthenticated });
});

describe("a server with TLS", () => {
  let authority: TestAuthority;
  let pair: IssuedCertificate;
  let client: IssuedCertificate;
  let tls: { readonly ca: string; readonly cert: string; readonly key: string };
  before(() => {
    authority = new TestAuthority();
    pair = authority.issue({ name: "server" });
    client = authority.issue({ name: "client" });
    const [ca = "", cert = "", key = ""] = [authority.caFile, client.certFile, client.keyFile].map((file) =>
      readFileSync(file, "utf8"),
    );
    tls = { ca, cert, key };
  });
  after(() => authority[Symbol.dispose]());

  const withTls = (...flags: readonly string[]): readonly string[] => [
    ...serveModel,
    ...["--tls_cert", pair.certFile, "--tls_key", pair.keyFile],
    ...flags,
  ];

  test("answers the client over gRPC and HTTP, and says that it speaks https", async () => {
    await using server = await startServer(withTls());
    assert.match(server.command.stderr, /ready on https:\/\//);
    for (const endpoint of [server.address, server.url]) {
      assert.deepEqual(await predict(endpoint, { tls: { ca: tls.ca } }), expected);
      assert.deepEqual(await predict(endpoint, { tls: { insecure: true } }), expected);
      assert.deepEqual(await predict(endpoint, { tls: { ca: tls.ca, serverName: "localhost" } }), expected);
      await assert.rejects(predict(endpoint, { tls: {} }), {
        code: Code.unavailable,
        message: `cannot call ${server.address}: unable to verify the first certificate`,
      });
      await assert.rejects(predict(endpoint, { tls: { ca: tls.ca, serverName: "elsewhere" } }), {
        code: Code.unavailable,
      });
    }
    for (const plain of [server.address, `http://${server.address}`])
      await assert.rejects(predict(plain, {}));
    assert.equal((await server.stop()).code, 0);
  });

  test("asks for certificates and tokens, packed or not", async () => {
    const env = { PADDLEWHEEL_AUTH_TOKENS: token };
    await using server = await startServer(withTls("--tls_ca", authority.caFile), { env });
    for (const endpoint of [server.address, server.url]) {
      const http = { compressRequest: true, compressResponse: true };
      assert.deepEqual(await predict(endpoint, { tls, token, http }), expected);
      await assert.rejects(predict(endpoint, { tls }), { code: Code.unauthenticated });
      await assert.rejects(predict(endpoint, { tls: { ca: tls.ca }, token }), { code: Code.unavailable });
    }
  });

  test("takes a new certificate without a restart", async () => {
    const files = {
      certFile: join(authority.folder, "live.crt"),
      keyFile: join(authority.folder, "live.key"),
    };
    const put = (issued: IssuedCertificate): void => {
      copyFileSync(issued.certFile, files.certFile);
      copyFileSync(issued.keyFile, files.keyFile);
    };
    put(pair);
    await using server = await startServer([
      ...serveModel,
      "--tls_cert",
      files.certFile,
      "--tls_key",
      files.keyFile,
    ]);
    put(authority.issue({ name: "renewed", altNames: "DNS:renewed" }));
    await server.command.waitFor("stdout", /the certificate was read again/);
    assert.deepEqual(await predict(server.url, { tls: { ca: tls.ca, serverName: "renewed" } }), expected);
  });

  test("does not start with files that do not fit, and names every fault", async () => {
    const flags = ["--tls_cert", "missing.crt", "--tls_key", client.keyFile, "--tls_ca", client.keyFile];
    const { code, stderr } = await runCommand([...serveModel, ...flags]);
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `paddlewheel: missing.crt: there is no such file\n${client.keyFile}: it holds no certificate in PEM\n`,
    );
  });
});
