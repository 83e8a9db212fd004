import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { runCommand } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { clientFolder, house, modelFolder, price } from "./example.js";

const token = "canary-0123456789abcdef";

let folder = "";
let server: StartedServer;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "paddlewheel-call-"));
  await writeFile(join(folder, "house.json"), JSON.stringify(house));
  await writeFile(join(folder, "token"), `# of mine\n${token} # for trials\n`);
  const args = ["serve", "--model", modelFolder, "--host", "127.0.0.1", "--port", "0"];
  server = await startServer(args, { env: { PADDLEWHEEL_AUTH_TOKENS: token } });
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function call(host: string, ...flags: readonly string[]): ReturnType<typeof runCommand> {
  return runCommand(["call", host, "--token_file", join(folder, "token"), ...flags]);
}

describe("paddlewheel call", () => {
  for (const scheme of ["", "grpc://", "http://", "baidu_std://", "list://"]) {
    test(`prints the outputs of ${scheme}HOST as JSON`, async () => {
      const feed = `x=@${join(folder, "house.json")}`;
      const { code, stdout, stderr } = await call(scheme + server.address, "--feed", feed);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      assert.deepEqual(JSON.parse(stdout), { price: [[price]] });
    });
  }

  for (const protocol of ["grpc", "http", "baidu_std"]) {
    test(`calls by ${protocol} with a batch, and types of a model's conf`, async () => {
      const feed = `x=${JSON.stringify([house, house])}`;
      const flags = ["--protocol", protocol, "--model", clientFolder, "--batch", "--fetch", "price"];
      const { code, stdout } = await call(server.address, ...flags, "--feed", feed);
      assert.equal(code, 0);
      assert.deepEqual(JSON.parse(stdout), { price: [[price], [price]] });
    });

    test(`ends with 1 and the server's words when a call by ${protocol} fails`, async () => {
      const { code, stdout, stderr } = await call(server.address, "--protocol", protocol, "--feed", "y=[1]");
      assert.deepEqual({ code, stdout }, { code: 1, stdout: "" });
      assert.equal(
        stderr,
        'paddlewheel: tensor "y": the model of engine "GeneralInferOp_0" has no feed of that name, it has "x"\n',
      );
    });
  }

  describe("with a .proto", () => {
    const flags = ["--proto", "protos/paddle_serving/general_model_service.proto"];
    const tensor = { alias_name: "x", elem_type: 1, shape: [1, 13], float_data: house };

    for (const protocol of ["grpc", "http", "baidu_std"]) {
      test(`calls a method by ${protocol} with a message, and prints the response`, async () => {
        const request = join(folder, "request.json");
        await writeFile(request, JSON.stringify({ tensor: [tensor] }));
        const message = ["--protocol", protocol, "--request", `@${request}`];
        const { code, stdout } = await call(server.address, ...flags, ...message);
        assert.equal(code, 0);
        assert.deepEqual(JSON.parse(stdout).outputs[0].tensor[0].float_data, [price]);
      });
    }

    test("refuses a message that is none of the service, and a method it has not", async () => {
      const wrong = await call(server.address, ...flags, "--request", '{"tensor": 1}');
      assert.equal(wrong.code, 1);
      assert.match(wrong.stderr, /tensor/);
      const { stderr } = await call(server.address, ...flags, "--request", "{}", "--method", "inferenc");
      assert.match(stderr, /GeneralModelService has no method "inferenc"; did you mean "inference"\?\n$/);
    });
  });

  test("sends headers, the token's among them when there is no file", async () => {
    const header = ["--header", `authorization=Bearer ${token}`];
    const feed = `x=${JSON.stringify(house)}`;
    const { code } = await runCommand(["call", server.address, ...header, "--feed", feed]);
    assert.equal(code, 0);
    const refused = await runCommand(["call", server.address, "--feed", feed]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^paddlewheel: a token is needed/);
  });

  test("ends with 2 for a wrong command line", async () => {
    for (const [args, message] of [
      [["call"], "call: name the server: host:port or a URL"],
      [["call", server.address], "--feed: name at least one value, NAME=JSON"],
      [["call", server.address, "--request", "{}"], "--request: needs --proto"],
      [
        ["call", server.address, "--proto", "a.proto", "--feed", "x=1"],
        "--feed: is for models; with --proto give --request",
      ],
      [["call", server.address, "--proto", "a.proto"], "--request: name the message, as JSON or @FILE"],
      [
        ["call", server.address, "--feed", "x=1", "--header", "a b=1"],
        '--header "a b=1": must be NAME=VALUE',
      ],
    ] as const) {
      const { code, stderr } = await runCommand(args);
      assert.equal(code, 2);
      assert.equal(stderr, `paddlewheel: ${message}\nTry paddlewheel call --help\n`);
    }
  });
});
