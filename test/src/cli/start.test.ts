import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { repositoryRoot, runCommand } from "../harness/paddlewheel-command.js";
import { startServer } from "../harness/start-server.js";
import { house, price } from "./example.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "paddlewheel-start-"));
});
after(() => rm(folder, { recursive: true }));

/** A copy of the repository's conf with a change; its paths name the original for what is not changed. */
async function confWith(name: string, file: string, change: (text: string) => string): Promise<string> {
  const dir = join(folder, name);
  await cp(join(repositoryRoot, "conf"), dir, { recursive: true });
  const path = join(dir, file);
  await writeFile(path, change(await readFile(path, "utf8")));
  return dir;
}

async function predict(url: string): Promise<unknown> {
  const response = await fetch(`${url}/GeneralModelService/inference`, {
    method: "POST",
    body: JSON.stringify({
      tensor: [{ name: "x", elem_type: 1, shape: [1, 13], float_data: house }],
      fetch_var_names: ["price"],
    }),
  });
  return response.json();
}

describe("paddlewheel start", () => {
  test("serves the conf folder of the repository", async () => {
    await using server = await startServer(["start", "--conf", "conf", "--port", "0"]);
    const { outputs } = (await predict(server.url)) as {
      outputs: { tensor: { float_data: number[] }[] }[];
    };
    assert.deepEqual(outputs[0]?.tensor[0]?.float_data, [price]);
  });

  test("takes Paddle's flags with one dash", async () => {
    const paths = ["-inferservice_path", "conf", "-workflow_path", "conf", "-resource_path", "conf"];
    const files = ["-inferservice_file", "infer_service.prototxt", "-workflow_file", "workflow.prototxt"];
    const others = ["-enable_model_toolkit", "-max_concurrency", "0", "-num_threads", "2", "-port", "0"];
    await using server = await startServer(["start", ...paths, ...files, ...others]);
    assert.equal((await fetch(`${server.url}/health/ready`)).status, 200);
  });

  test("takes flags from a flagfile, under those of the command line", async () => {
    const flagfile = join(folder, "proj.conf");
    await writeFile(
      flagfile,
      "# as Paddle Serving's docs have it\n--precision=fp16\n--inferservice_path=conf\n--port=1\n",
    );
    await using server = await startServer(["start", `--flagfile=${flagfile}`, "--port", "0"]);
    assert.match(
      server.command.stderr,
      /^paddlewheel: --precision has no effect: a model runs in the precision/,
    );
    assert.notEqual(server.port, 1);
  });

  test("names file and line of a flag that a flagfile has wrong", async () => {
    const flagfile = join(folder, "wrong.conf");
    await writeFile(flagfile, "--port=8010\n\n--max_concurency=3\n");
    const { code, stderr } = await runCommand(["start", "--flagfile", flagfile]);
    assert.equal(code, 2);
    assert.equal(
      stderr.split("\n")[0],
      `paddlewheel: ${flagfile}:3: unknown flag --max_concurency; did you mean "--max_concurrency"?`,
    );
  });

  test("ends with 1 and every fault when the conf is wrong", async () => {
    const dir = await confWith("faulty", "workflow.prototxt", (text) =>
      text.replace('type: "GeneralReaderOp"', 'type: "GeneralReadOp"').replace('mode: "RO"', 'mode: "RX"'),
    );
    const { code, stderr, stdout } = await runCommand(["start", "--conf", dir, "--port", "0"]);
    assert.equal(code, 1);
    assert.equal(stdout, "");
    const lines = stderr.trim().split("\n");
    assert.equal(lines.length, 2, stderr);
    for (const line of lines) assert.match(line, /workflow\.prototxt:\d+ workflows\[0\]\.nodes\[\d\]/);
  });

  test("ends with 1 when a model does not load, and leaves no process behind", async () => {
    const dir = await confWith("broken", "model_toolkit.prototxt", (text) =>
      text.replaceAll("examples/fit_a_line/uci_housing_model", join(folder, "broken-model")),
    );
    await cp(join(repositoryRoot, "examples/fit_a_line/uci_housing_model"), join(folder, "broken-model"), {
      recursive: true,
    });
    await writeFile(join(folder, "broken-model", "model.onnx"), "this is no model");
    const resource = join(dir, "resource.prototxt");
    await writeFile(resource, (await readFile(resource, "utf8")).replaceAll('"conf"', JSON.stringify(dir)));
    const { code, stderr } = await runCommand(["start", "--conf", dir, "--port", "0"]);
    assert.equal(code, 1);
    assert.match(stderr, /^paddlewheel: engine "GeneralInferOp_0": /m);
  });

  test("ends with 2 when the conf files lie apart", async () => {
    const args = ["start", "--workflow_path", "conf", "--resource_path", "docs"];
    const { code, stderr } = await runCommand(args);
    assert.equal(code, 2);
    assert.match(stderr, /the conf files must lie in one folder, not in conf and docs; use --conf/);
  });
});
