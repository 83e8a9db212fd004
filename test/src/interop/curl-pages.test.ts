import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { house } from "../cli/example.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { runProgram, skipWithout } from "./programs.js";

const skip = skipWithout("curl");
const conf = ["start", "--conf", "conf", "--host", "127.0.0.1", "--port", "0"];

/** What curl writes. */
async function curl(url: string, ...args: readonly string[]): Promise<string> {
  const end = await runProgram("curl", ["--silent", "--show-error", ...args, url]);
  assert.equal(end.code, 0, end.stderr);
  return end.stdout.toString();
}

/** Status, and the number of the error if there is one. */
function statusOf(url: string, ...args: readonly string[]): Promise<string> {
  const shown = ["--output", "/dev/null", "--write-out", "%{http_code} %header{x-bd-error-code}"];
  return curl(url, ...shown, ...args);
}

describe("the pages of the conf that npm start serves, by curl", { skip }, () => {
  let server: StartedServer;
  const page = (path: string, ...args: readonly string[]): Promise<string> =>
    curl(server.url + path, ...args);

  before(async () => {
    server = await startServer(conf);
    const body = JSON.stringify({ feed: [{ x: house }], fetch: ["price"] });
    await page("/uci/prediction", "--data", body);
    await page("/GeneralModelService/inference", "--data", "{}");
  });

  after(() => server[Symbol.asyncDispose]());

  for (const protocol of ["--http1.1", "--http2-prior-knowledge"]) {
    const ask = (path: string): Promise<string> => page(path, protocol);

    test(`/ names pages that are there (${protocol})`, async () => {
      const paths = [...(await ask("/")).matchAll(/^(\/\w+) \| /gm)].map(([, path = ""]) => path);
      assert.ok(paths.includes("/status"));
      for (const path of paths) assert.match(await statusOf(server.url + path, protocol), /^200 /, path);
    });

    test(`/status counts calls with and without an error (${protocol})`, async () => {
      const [head = "", ...methods] = (await ask("/status")).split("\n\n");
      assert.match(head, /^version: paddlewheel \d+\.\d+\.\d+\nuptime: \d+ s\nnon_service_error: 0\n/);
      const blockOf = (method: string): string =>
        methods.find((block) => block.includes(`\n${method} (`)) ?? "";
      assert.match(blockOf("prediction"), /^count: 1\nqps: \d+\nerror: 0\n/m);
      assert.match(blockOf("prediction"), /^max_latency: [1-9]\d*\nconcurrency: 0$/m);
      assert.match(blockOf("inference"), /^count: 0\nqps: 0\nerror: 1\n/m);
    });

    test(`/brpc_metrics has the calls by brpc's names (${protocol})`, async () => {
      const name = `rpc_server_${server.port}_uci_prediction`;
      const text = await ask("/brpc_metrics");
      assert.match(
        text,
        new RegExp(`^# HELP ${name}\n# TYPE ${name} summary\n${name}\\{quantile="0.8"\\} [1-9]`, "m"),
      );
      assert.match(text, new RegExp(`^${name}_count 1\n`, "m"));
      assert.match(text, new RegExp(`^# TYPE ${name}_error gauge\n${name}_error 0\n`, "m"));
    });
  }

  test("/list and /protobufs tell how to call the services", async () => {
    const { service } = JSON.parse(await page("/list")) as { service: readonly { full_name: string }[] };
    const name = "baidu.paddle_serving.predictor.general_model";
    assert.deepEqual(
      service.map(({ full_name }) => full_name),
      [`${name}.GeneralModelService`, "uci"],
    );
    assert.match(await page("/protobufs"), new RegExp(`^${name}\\.Request$`, "m"));
    const request = await page(`/protobufs/${name}.Request`);
    assert.match(request, /^message Request \{\n {2}repeated Tensor tensor = 1;\n/);
  });

  test("/vars shows what patterns ask for, /connections whoever asks", async () => {
    const names = (await page("/vars/process_*;pid")).split("\n").map((line) => line.split(" : ")[0]);
    const expected = ["cpu_seconds", "memory_heap_used", "memory_resident", "uptime"];
    assert.deepEqual(names, ["pid", ...expected.map((name) => `process_${name}`), ""]);
    assert.match(await page("/connections"), /^127\.0\.0\.1:\d+ \| http \| 0 s \| \d+ \| \d+ \| 1 \| 1$/m);
  });

  test("browsers get HTML", async () => {
    const answer = await page("/status", "--user-agent", "Mozilla/5.0", "--include");
    assert.match(answer, /^content-type: text\/html; charset=utf-8\r$/im);
    assert.match(answer, /^content-security-policy: default-src 'none'; /im);
    assert.match(answer, /<!doctype html>/);
  });

  test("/flags shows what is set, and nobody changes it", async () => {
    assert.match(await page("/flags/max_concurrency"), /\nmax_concurrency \| 0, no limit \| /);
    const change = `${server.url}/flags/log_level?setvalue=debug`;
    for (const method of ["GET", "POST"]) assert.equal(await statusOf(change, "--request", method), "403 1");
  });
});

describe("pages on a port of their own, by curl", { skip }, () => {
  const canary = "canary-of-the-operators";
  let folder: string;
  let server: StartedServer;
  let internal: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "paddlewheel-pages-"));
    const tokens = join(folder, "tokens");
    await writeFile(tokens, `${canary} admin\n`);
    const flags = ["--internal_port", "0", "--reloadable_flags", "--auth_token_file", tokens];
    server = await startServer([...conf, ...flags, "--max_concurrency", "8"]);
    const line = /"port":(\d+),"msg":"pages are on the internal port"/;
    const [, port] = await server.command.waitFor("stdout", line);
    internal = `http://127.0.0.1:${port}`;
  });

  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test("that of the services refuses them, but for health", async () => {
    for (const path of ["/", "/status", "/flags/port", "/metrics", "/brpc_metrics"]) {
      assert.equal(await statusOf(server.url + path), "403 1", path);
    }
    for (const url of [server.url, internal]) assert.equal(await curl(`${url}/health`), "OK");
    for (const path of ["/", "/status", "/metrics"])
      assert.equal(await statusOf(internal + path), "200 ", path);
  });

  test("they tell nothing that is secret", async () => {
    for (const path of ["/flags", "/vars", "/status", "/metrics", "/connections"]) {
      const text = await curl(internal + path);
      assert.ok(!text.includes(canary) && !text.includes(folder), path);
    }
    assert.match(await curl(`${internal}/flags/auth_token_file`), /\nauth_token_file \| \*\*\* \| /);
  });

  test("flags are changed with a token for it, and by POST", async () => {
    const change = (value: string, ...args: readonly string[]): Promise<string> =>
      statusOf(`${internal}/flags/max_concurrency?setvalue=${value}`, ...args);
    const token = ["--header", `authorization: Bearer ${canary}`];
    const post = ["--request", "POST"];
    assert.equal(await change("4", ...post), "401 1004");
    assert.equal(await change("4", ...token), "403 1");
    assert.equal(await change("four", ...post, ...token), "400 22");
    assert.match(await curl(`${internal}/flags/max_concurrency`), /\| 8 \(R\) \|/);
    assert.equal(await change("4", ...post, ...token), "200 ");
    assert.match(await curl(`${internal}/status`), /^max_concurrency: 4$/m);
    await server.command.waitFor("stdout", /"flag":"max_concurrency","value":"4","msg":"a flag was changed"/);
  });
});
