import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { runCommand } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { house, modelFolder } from "./example.js";

const feed = `x=${JSON.stringify(house)}`;
const short = ["-d", "300ms", "--warmup", "50ms"];

let server: StartedServer;
before(async () => {
  server = await startServer(["serve", "--model", modelFolder, "--host", "127.0.0.1", "--port", "0"]);
});
after(() => server[Symbol.asyncDispose]());

describe("paddlewheel bench", () => {
  for (const protocol of ["grpc", "http", "baidu_std"]) {
    for (const load of [
      ["-c", "4"],
      ["--rate", "100"],
    ]) {
      test(`reports calls by ${protocol} with ${load.join(" ")}`, async () => {
        const args = ["bench", server.address, "--protocol", protocol, ...load, ...short];
        const { code, stdout, stderr } = await runCommand([...args, "--feed", feed, "--json"]);
        assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
        const report = JSON.parse(stdout);
        assert.ok(report.calls > 0);
        assert.deepEqual(report.errors, {});
        assert.ok(report.latencyMs.p50 > 0 && report.latencyMs.p50 <= report.latencyMs.max);
        const counted = report.histogram.reduce((sum: number, row: { count: number }) => sum + row.count, 0);
        assert.equal(counted, report.calls);
      });
    }
  }

  test("prints lines for a person", async () => {
    const { stdout } = await runCommand(["bench", server.url, ...short, "--feed", feed]);
    assert.match(
      stdout,
      /^load +16 calls in flight\ncalls .*\nerrors +none\nlatency .*\nclient .*\n\n +≤ .* ms .*█/,
    );
  });

  test("does not start when the first call fails", async () => {
    const { code, stdout, stderr } = await runCommand(["bench", server.address, ...short, "--feed", "y=1"]);
    assert.deepEqual({ code, stdout }, { code: 1, stdout: "" });
    assert.match(stderr, /^paddlewheel: tensor "y": the model of engine "GeneralInferOp_0" has no feed/);
  });

  test("ends with 1 and counts the errors when calls fail later", async () => {
    const overloaded = ["serve", "--model", modelFolder, "--host", "127.0.0.1", "--port", "0"];
    await using small = await startServer([...overloaded, "--max_concurrency", "1"]);
    const args = ["bench", small.address, "-c", "32", ...short, "--feed", feed, "--json"];
    const { code, stdout } = await runCommand(args);
    assert.equal(code, 1);
    const { errors, firstError } = JSON.parse(stdout);
    assert.ok(errors.resourceExhausted > 0, stdout);
    assert.equal(typeof firstError, "string");
  });
});
