import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { house, price } from "../cli/example.js";
import { repositoryRoot } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { runProgram, skipWithout } from "./programs.js";

const services = `services {
  name: "GeneralModelService"
  workflows: "workflow1"
  restful_mappings: "/v1/models/*/predict => inference"
  restful_mappings: "/v1/houses => inference"
}
`;
const tensor = [{ name: "x", elem_type: 1, shape: [1, 13], float_data: house }];
const body = JSON.stringify({ tensor, fetch_var_names: ["price"] });

describe("curl against paths that conf maps", () => {
  let conf = "";
  let server: StartedServer;

  before(async () => {
    conf = await mkdtemp(join(tmpdir(), "paddlewheel-mappings-"));
    await cp(join(repositoryRoot, "conf"), conf, { recursive: true });
    await writeFile(join(conf, "infer_service.prototxt"), services);
    server = await startServer(["start", "--conf", conf, "--port", "0"]);
  });

  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(conf, { recursive: true });
  });

  async function curl(path: string, version: string): Promise<string> {
    const format = ["--silent", "--show-error", "--write-out", "\n%{http_code}"];
    const end = await runProgram("curl", [...format, version, "--data", body, `${server.url}${path}`]);
    assert.equal(end.code, 0, end.stderr);
    return end.stdout.toString();
  }

  for (const version of ["--http1.1", "--http2-prior-knowledge"]) {
    test(`they answer, and the default URL does not (${version})`, {
      skip: skipWithout("curl"),
    }, async () => {
      for (const path of ["/v1/models/uci/versions/1/predict", "/v1/models/predict", "/v1/houses/"]) {
        const [answer = "", status] = (await curl(path, version)).split("\n");
        assert.equal(status, "200", answer);
        assert.ok(answer.includes(`"float_data":[${price}]`), answer);
      }
      assert.match(
        await curl("/GeneralModelService/inference", version),
        /^The server does not implement the method .*; GeneralModelService answers to "\/v1\/models\/\*\/predict", "\/v1\/houses"\n404$/,
      );
    });
  }
});
