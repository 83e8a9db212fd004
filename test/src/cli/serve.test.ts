import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Client } from "@paddlewheel/client";
import { PaddlewheelCommand, runCommand } from "../harness/paddlewheel-command.js";
import { startServer } from "../harness/start-server.js";
import { clientFolder, house, modelFolder, price } from "./example.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "paddlewheel-serve-"));
});
after(() => rm(folder, { recursive: true }));

const serveModel = ["serve", "--model", modelFolder, "--port", "0"];

describe("paddlewheel serve", () => {
  test("serves a model folder by its name, and says what it serves", async () => {
    await using server = await startServer([...serveModel, "--name", "uci"]);
    const response = await fetch(`${server.url}/uci/prediction`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ feed: [{ x: house }], fetch: ["price"] }),
    });
    assert.deepEqual(await response.json(), { result: { price: [[price]] } });
    assert.equal(
      server.command.stderr,
      `paddlewheel: ready on http://0.0.0.0:${server.port} (GeneralModelService: workflow1, POST /uci/prediction; engines: GeneralInferOp_0)\n`,
    );
  });

  test("answers the client over gRPC and HTTP", async () => {
    await using server = await startServer(serveModel);
    for (const [endpoint, format] of [
      [server.address, "proto"],
      [server.url, "proto"],
      [server.url, "json"],
    ] as const) {
      const client = new Client({ http: { format } });
      client.loadClientConfig(clientFolder);
      client.connect([endpoint]);
      const fetched = await client.predict({ feed: { x: [house, house] }, fetch: ["price"], batch: true });
      assert.deepEqual(fetched.price, {
        dtype: "float32",
        shape: [2, 1],
        data: Float32Array.of(price, price),
      });
      client.close();
    }
  });

  test("passes the server's error on to the client", async () => {
    await using server = await startServer(serveModel);
    const client = new Client();
    client.loadClientConfig(clientFolder);
    for (const endpoint of [server.address, server.url]) {
      client.connect([endpoint]);
      const wide = { dtype: "float32", shape: [1, 14], data: new Float32Array(14) } as const;
      await assert.rejects(client.predict({ feed: wide, batch: true }), {
        name: "ServeError",
        code: 22,
        message: 'tensor "x": axis 1 is 14, the model of engine "GeneralInferOp_0" wants 13',
      });
    }
    client.close();
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`ends with 0 on ${signal}, with its log written`, async () => {
      const server = await startServer(serveModel);
      const { code, signal: killedBy, stdout } = await server.stop(signal);
      assert.deepEqual([code, killedBy], [0, undefined]);
      const messages = stdout
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { msg: string }).msg);
      assert.ok(messages.includes("engine loaded"), stdout);
      assert.ok(messages.includes("stopping"), stdout);
    });
  }

  test("takes further signals while it stops without harm", async () => {
    const server = await startServer(serveModel);
    server.command.signal("SIGTERM");
    server.command.signal("SIGINT");
    server.command.signal("SIGTERM");
    assert.equal((await server.command.end()).code, 0);
  });

  test("ends with 0 when the signal comes before it is ready", async () => {
    const command = new PaddlewheelCommand([...serveModel, "--use_lite"]);
    await command.waitFor("stderr", /--use_lite/);
    command.signal("SIGTERM");
    const { code, signal } = await command.end();
    // Node's own way to end, 143, holds until the command listens for signals.
    assert.ok(code === 0 || signal === "SIGTERM", `code ${code}, signal ${signal}`);
  });

  test("ends with 1 and the reason when the port is taken", async () => {
    const holder = createServer();
    await once(holder.listen(0, "127.0.0.1"), "listening");
    const address = holder.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const args = ["serve", "--model", modelFolder, "--host", "127.0.0.1", "--port", String(port)];
    const { code, stderr } = await runCommand(args);
    holder.close();
    assert.equal(code, 1);
    assert.equal(stderr, `paddlewheel: cannot listen on 127.0.0.1:${port}: another program listens there\n`);
  });

  test("ends with 1 and the reason when there is no such folder", async () => {
    const { code, stderr } = await runCommand(["serve", "--model", "nowhere", "--port", "0"]);
    assert.equal(code, 1);
    assert.equal(stderr, "paddlewheel: --model: there is no folder nowhere\n");
  });

  test("ends with 1 and what to name when a model's file is named", async () => {
    const { code, stderr } = await runCommand(["serve", "--model", `${modelFolder}/model.onnx`]);
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `paddlewheel: --model: ${modelFolder}/model.onnx is a file; name the folder it lies in\n`,
    );
  });

  test("ends with 1 and the reason when the folder has no model", async () => {
    const { code, stderr } = await runCommand(["serve", "--model", "docs", "--port", "0"]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^paddlewheel: engine "GeneralInferOp_0": \S*docs has no model: expected model\.onnx/,
    );
  });

  test("ends with 1 and all faults when an Op is unknown", async () => {
    const { code, stderr } = await runCommand([...serveModel, "--op", "GeneralInfrOp"]);
    assert.equal(code, 1);
    assert.match(stderr, /no Op type.*GeneralInfrOp.*did you mean "GeneralInferOp"/);
  });

  test("says of flags without effect why, and starts", async () => {
    const flags = ["--use_lite", "--gpu_ids", "-1", "--precision", "fp32", "--prometheus_port=19393"];
    await using server = await startServer([...serveModel, ...flags]);
    const notes = server.command.stderr.split("\n").filter((line) => line.includes("no effect"));
    assert.deepEqual(notes, [
      "paddlewheel: --use_lite has no effect: ONNX Runtime has no such device here",
      "paddlewheel: --prometheus_port has no effect: metrics are on the service's port, or on --internal_port: GET /metrics",
    ]);
  });

  test("says what to install for a card, or how to do without", async () => {
    const { code, stderr } = await runCommand([...serveModel, "--gpu_ids", "0"]);
    assert.equal(code, 1);
    assert.match(stderr, /the execution provider cuda is not installed: .* execution_providers: "cpu"/);
  });

  test("writes the conf files it starts with, which serve the same", async () => {
    const workdir = join(folder, "work");
    await using server = await startServer([
      ...serveModel,
      "--workdir",
      workdir,
      "--runtime_thread_num",
      "1",
    ]);
    await server.stop();
    const toolkit = await readFile(`${workdir}_0/GeneralInferOp_0/model_toolkit.prototxt`, "utf8");
    assert.match(toolkit, /^ {2}model_dir: "examples\/fit_a_line\/uci_housing_model"$/m);
    assert.match(toolkit, /^ {2}runtime_thread_num: 1$/m);
    await using again = await startServer(["start", "--conf", `${workdir}_0`, "--port", "0"]);
    assert.match(again.command.stderr, /engines: GeneralInferOp_0\)/);
  });

  test("refuses Paddle's other actions with what to do instead", async () => {
    const { code, stderr } = await runCommand(["serve", "stop"]);
    assert.equal(code, 2);
    assert.match(stderr, /^paddlewheel: serve stop: a server runs in the foreground: end it with Ctrl-C/);
  });
});
