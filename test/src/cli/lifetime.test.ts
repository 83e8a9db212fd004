import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { describe, test } from "node:test";
import type { CommandOptions } from "../harness/paddlewheel-command.js";
import { startServer } from "../harness/start-server.js";
import { house, modelFolder } from "./example.js";

const serveModel = ["serve", "--model", modelFolder, "--port", "0"];

/** Runs code inside the command's process, before its own. */
function preloaded(code: string): CommandOptions {
  const module = `data:text/javascript,${encodeURIComponent(code)}`;
  return { env: { NODE_OPTIONS: `--import=${module}` } };
}

interface LogLine {
  readonly msg: string;
  readonly err?: { readonly message: string; readonly stack: string };
  readonly origin?: string;
}

function logOf(stdout: string): LogLine[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as LogLine);
}

const requestBody = JSON.stringify({
  tensor: [{ name: "x", elem_type: 1, shape: [1, 13], float_data: house }],
});

function predict(url: string): Promise<Response> {
  return fetch(`${url}/GeneralModelService/inference`, { method: "POST", body: requestBody });
}

async function statusOver(agent: Agent, port: number): Promise<number> {
  const path = "/GeneralModelService/inference";
  const sent = request({ host: "127.0.0.1", port, path, method: "POST", agent }).end(requestBody);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  return response.statusCode ?? 0;
}

describe("the life of a server", () => {
  for (const [what, code, origin] of [
    ["an exception", "throw new Error('stray')", "uncaughtException"],
    ["a rejected promise", "Promise.reject(new Error('stray'))", "unhandledRejection"],
  ] as const) {
    test(`ends in order, with 1, when nobody catches ${what}`, async () => {
      const server = await startServer(serveModel, preloaded(`process.on("SIGUSR2", () => { ${code} })`));
      const { code: exit, stderr, stdout } = await server.stop("SIGUSR2");
      assert.equal(exit, 1);
      assert.match(stderr, /^paddlewheel: stopped after a stray error: stray$/m);
      const line = logOf(stdout).find(({ msg }) => msg === "stray error");
      assert.equal(line?.err?.message, "stray");
      assert.match(line?.err?.stack ?? "", /Error: stray/);
      assert.equal(line?.origin, origin);
    });
  }

  test("ends with 0 when its models run on worker threads", async () => {
    const server = await startServer([...serveModel, "--runtime_thread_num", "2"]);
    assert.equal((await predict(server.url)).status, 200);
    assert.equal((await server.stop()).code, 0);
  });

  test("answers the calls it has taken when it is told to stop", async () => {
    const server = await startServer([...serveModel, "--runtime_thread_num", "2"]);
    // Connections that are open already: one that waits to be accepted is nobody's call yet.
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const callAll = (): Promise<number>[] => Array.from({ length: 20 }, () => statusOver(agent, server.port));
    await Promise.all(callAll());
    const calls = callAll();
    await Promise.race(calls);
    const end = server.stop();
    assert.deepEqual(new Set(await Promise.all(calls)), new Set([200]));
    assert.equal((await end).code, 0);
  });

  test("loses no log line at its end", async () => {
    const server = await startServer(serveModel);
    for (let i = 0; i < 20; i++) await predict(server.url);
    const { stdout } = await server.stop();
    assert.equal(logOf(stdout).filter(({ msg }) => msg === "call").length, 20);
  });

  test("is not ended by a reader of its log that goes away", async () => {
    await using server = await startServer(serveModel);
    server.command.closeStdout();
    for (let i = 0; i < 20; i++) assert.equal((await predict(server.url)).status, 200);
    assert.equal((await server.stop()).code, 0);
  });
});
