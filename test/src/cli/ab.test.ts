import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { runCommand } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { house, modelFolder } from "./example.js";

const feed = `x=${JSON.stringify(house)}`;

let server: StartedServer;
let dir = "";
before(async () => {
  dir = await mkdtemp(join(tmpdir(), "paddlewheel-ab-"));
  server = await startServer(["serve", "--model", modelFolder, "--host", "127.0.0.1", "--port", "0"]);
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

/** A predictors file with two variants, one to three, and more. */
async function writePredictors(second: string, more: object = {}): Promise<string> {
  const file = join(dir, "predictors.yaml");
  await writeFile(
    file,
    JSON.stringify({
      default_variant_conf: { tag: "d", connection_conf: { connect_retry_count: 0 } },
      predictors: [
        {
          weighted_random_render_conf: { variant_weight_list: "1|3" },
          variants: [
            { tag: "new", naming_conf: { cluster: second } },
            { tag: "old", naming_conf: { cluster: server.address } },
          ],
          ...more,
        },
      ],
    }),
  );
  return file;
}

describe("paddlewheel ab report", () => {
  test("finds two servers of one model equal, and their shares as weighted", async () => {
    const predictors = await writePredictors(server.address);
    const args = ["ab", "report", "--predictors", predictors, "--feed", feed, "-n", "400", "-c", "4"];
    const { code, stdout, stderr } = await runCommand([...args, "--json"]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    const { calls, reference, variants } = JSON.parse(stdout);
    assert.deepEqual([calls, reference], [400, "old"]);
    for (const { answers, equalAnswers, maxAbsolute, latencyMs } of variants) {
      assert.deepEqual([equalAnswers, maxAbsolute], [answers, 0]);
      assert.ok(latencyMs.p50 > 0 && latencyMs.p50 <= latencyMs.p99);
    }
    assert.equal(variants[0].calls + variants[1].calls, 400);
    assert.deepEqual([variants[0].expectedShare, variants[1].expectedShare], [0.25, 0.75]);
  });

  test("waits for the copies to a shadow, and tells what they brought", async () => {
    const predictors = await writePredictors(server.address, { shadow: { variant: "new", percent: 100 } });
    const args = [
      "ab",
      "report",
      "--predictors",
      predictors,
      "--feed",
      feed,
      "-n",
      "40",
      "-c",
      "2",
      "--json",
    ];
    const { variants, shadow } = JSON.parse((await runCommand(args)).stdout);
    assert.deepEqual([shadow.failed, shadow.inFlight, shadow.different], [{}, 0, 0]);
    assert.equal(shadow.equal + shadow.dropped, variants[1].calls);
  });

  test("ends with 1 when a variant is not there, and tells which", async () => {
    const predictors = await writePredictors("127.0.0.1:1");
    const { code, stdout } = await runCommand([
      "ab",
      "report",
      "--predictors",
      predictors,
      "--feed",
      feed,
      "-n",
      "40",
    ]);
    assert.equal(code, 1);
    assert.match(stdout, /^new +\d+ .* unavailable \d+ /m);
    assert.match(stdout, /^old +\d+ .* none /m);
    assert.match(stdout, /^new failed first with: .+$/m);
  });

  test("is the only thing that ab does", async () => {
    const { code, stderr } = await runCommand(["ab"]);
    assert.deepEqual(
      { code, stderr },
      {
        code: 2,
        stderr: "paddlewheel: ab: say what to do: ab report\nTry paddlewheel ab --help\n",
      },
    );
  });
});
