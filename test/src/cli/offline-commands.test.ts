import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { repositoryRoot, runCommand } from "../harness/paddlewheel-command.js";
import { startServer } from "../harness/start-server.js";
import { modelFolder } from "./example.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "paddlewheel-cli-"));
});
after(() => rm(folder, { recursive: true }));

describe("paddlewheel check", () => {
  test("says nothing of right conf but by its end", async () => {
    const { code, stdout, stderr } = await runCommand(["check", "conf"]);
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
  });

  test("lists every fault with file and line, and ends with 1", async () => {
    await writeFile(
      join(folder, "infer_service.prototxt"),
      'services { name: "GeneralModelServic"\nworkflows: "w" }',
    );
    await writeFile(join(folder, "workflow.prototxt"), 'workflows { name: "w" workflow_type: "Paralel"\n}');
    const { code, stdout } = await runCommand(["check", folder]);
    assert.equal(code, 1);
    const lines = stdout.trim().split("\n");
    assert.ok(
      lines.some((line) => /infer_service\.prototxt:1 services\[0\]\.name: .*GeneralModelServic/.test(line)),
      stdout,
    );
    assert.ok(
      lines.some((line) => /workflow\.prototxt:1 workflows\[0\]\.workflow_type: /.test(line)),
      stdout,
    );
  });

  test("ends with 1 when there is no such folder", async () => {
    const { code, stdout } = await runCommand(["check", join(folder, "nowhere")]);
    assert.equal(code, 1);
    assert.match(stdout, /infer_service\.prototxt: there is no such file/);
  });

  test("ends with 2 without a folder", async () => {
    const { code, stderr } = await runCommand(["check"]);
    assert.equal(code, 2);
    assert.equal(
      stderr,
      "paddlewheel: check: name the folder of the conf files, or a client's conf with --predictors\nTry paddlewheel check --help\n",
    );
  });
});

describe("paddlewheel convert", () => {
  const server = (name: string): string => join(folder, name, "server");
  const client = (name: string): string => join(folder, name, "client");
  const convert = (name: string, ...flags: string[]): string[] => {
    const folders = ["--serving_server", server(name), "--serving_client", client(name)];
    return ["convert", `${modelFolder}/model.onnx`, ...folders, ...flags];
  };

  test("makes the folders of the example out of its model", async () => {
    const { code, stderr } = await runCommand(convert("same", "--fetch_alias_names", "price"));
    assert.equal(code, 0);
    assert.equal(stderr, `paddlewheel: wrote ${server("same")} and ${client("same")}\n`);
    const example = join(repositoryRoot, "examples/fit_a_line");
    for (const [made, original] of [
      [server("same"), "uci_housing_model"],
      [client("same"), "uci_housing_client"],
    ] as const) {
      for (const file of await readdir(made)) {
        const expected = await readFile(join(example, original, file));
        assert.deepEqual(await readFile(join(made, file)), expected, file);
      }
    }
    assert.equal((await readdir(server("same"))).length, 3);
    assert.equal((await readdir(client("same"))).length, 2);
  });

  test("makes a folder that can be served", async () => {
    assert.equal((await runCommand(convert("served"))).code, 0);
    await using running = await startServer(["serve", "--model", server("served"), "--port", "0"]);
    assert.equal((await fetch(`${running.url}/health/ready`)).status, 200);
  });

  test("does not write into a folder that has something in it, unless told to", async () => {
    assert.equal((await runCommand(convert("full"))).code, 0);
    const again = await runCommand(convert("full"));
    assert.equal(again.code, 1);
    assert.equal(
      again.stderr,
      `paddlewheel: ${server("full")} is not empty; --force writes over what has the same names\n`,
    );
    assert.equal((await runCommand(convert("full", "--force"))).code, 0);
  });

  test("says how many aliases the model wants, and for what", async () => {
    const { code, stderr } = await runCommand(convert("aliases", "--feed_alias_names", "a,b"));
    assert.equal(code, 2);
    assert.match(stderr, /^paddlewheel: --feed_alias_names has 2 names, the model has 1 inputs: x\n/);
  });

  test("refuses what is no ONNX model", async () => {
    const file = join(folder, "text.onnx");
    await writeFile(file, "this is no model");
    const { code, stderr } = await runCommand(["convert", file]);
    assert.equal(code, 1);
    assert.match(stderr, /text\.onnx/);
  });
});

describe("paddlewheel inspect", () => {
  test("tells what a model folder holds", async () => {
    const { code, stdout } = await runCommand(["inspect", modelFolder]);
    assert.equal(code, 0);
    assert.match(stdout, /^ {2}x {2}float32 {2}\[N, 13\]$/m);
    assert.match(stdout, /^ {2}fc_0\.tmp_1 {2}float32 {2}\[N, 1\] {2}alias price$/m);
    assert.match(stdout, /^parameters {2}14 \(56 bytes\)$/m);
  });

  test("gives the same as JSON", async () => {
    const { stdout } = await runCommand(["inspect", `${modelFolder}/model.onnx`, "--json"]);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual(report.inputs, [{ name: "x", alias: "x", dtype: "float32", shape: ["N", 13] }]);
    assert.deepEqual(report.outputs, [
      { name: "fc_0.tmp_1", alias: "price", dtype: "float32", shape: ["N", 1] },
    ]);
    assert.deepEqual(report.ops, { Add: 1, MatMul: 1 });
    assert.equal(report.parameterCount, 14);
    assert.equal(report.bytes, 266);
  });

  test("ends with 1 when there is no such file", async () => {
    const { code, stderr } = await runCommand(["inspect", "nowhere.onnx"]);
    assert.equal(code, 1);
    assert.equal(stderr, "paddlewheel: there is no file or folder nowhere.onnx\n");
  });
});

describe("paddlewheel", () => {
  test("tells its version", async () => {
    const { code, stdout } = await runCommand(["--version"]);
    assert.equal(code, 0);
    assert.match(stdout, /^paddlewheel \d+\.\d+\.\d+\n$/);
  });

  test("prints its help on standard output without colours", async () => {
    for (const args of [["--help"], ["serve", "--help"], ["help", "convert"]]) {
      const { code, stdout } = await runCommand(args);
      assert.equal(code, 0);
      assert.match(stdout, /^Usage: paddlewheel /);
      assert.ok(!stdout.includes("\x1b"), stdout);
    }
  });

  test("ends with 2 and a hint for a command there is none of", async () => {
    const { code, stdout, stderr } = await runCommand(["serv", "--model", "x"]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.equal(
      stderr,
      'paddlewheel: unknown command "serv"; did you mean "serve"?\nTry paddlewheel --help\n',
    );
  });
});
