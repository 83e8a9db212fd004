import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { after, before, describe, test } from "node:test";
import type { StartedServer } from "../harness/start-server.js";
import { grpcClient, httpRequest, type WireClient } from "./clients.js";
import { serveModel } from "./serve-model.js";
import { roundsFor, slowModel, slowRequest } from "./slow-model.js";

/** More runs than the pool has threads. */
const inFlight = 8;

describe("a server whose model is slow", () => {
  let server: StartedServer;
  let client: WireClient;

  before(async () => {
    server = await serveModel({ model: slowModel(), engine: "runtime_thread_num: 2" });
    client = grpcClient(server.port);
  });

  after(async () => {
    client.close();
    await server[Symbol.asyncDispose]();
  });

  function runSlowly(rounds: number, id: number): Promise<number | undefined> {
    return client
      .send(client.encode(slowRequest(rounds, id)))
      .then(({ response }) => response?.outputs[0]?.tensor[0]?.float_data[0] as number | undefined);
  }

  async function isLive(): Promise<boolean> {
    const { status, body } = await httpRequest({ port: server.port, method: "GET", path: "/health/live" });
    return status === 200 && body.toString() === "OK";
  }

  test("says that it is live before the first of its runs is done", async () => {
    const rounds = await roundsFor(500, client);
    const order: string[] = [];
    const runs = Array.from({ length: inFlight }, async (_, id) => {
      assert.equal(await runSlowly(rounds, id), id);
      order.push("run");
    });
    // The runs have begun when calls are at work; from here on only the order of answers counts.
    await untilAtWork(server.port, () => order.length > 0);
    for (let i = 0; i < 20; i++) {
      assert.ok(await isLive());
      order.push("live");
    }
    await Promise.all(runs);
    assert.deepEqual(order, [...new Array(20).fill("live"), ...new Array(inFlight).fill("run")]);
  });

  test("says so all the time under load", async (context) => {
    const rounds = await roundsFor(80, client);
    const answered: (number | undefined)[] = [];
    const load = Array.from({ length: inFlight }, async (_, lane) => {
      for (let i = 0; i < 6; i++) answered.push(await runSlowly(rounds, lane * 6 + i));
    });
    const all = Promise.all(load);
    const times: number[] = [];
    while (answered.length < inFlight * 6) {
      const startedAt = performance.now();
      assert.ok(await isLive());
      times.push(performance.now() - startedAt);
    }
    await all;
    assert.deepEqual(
      answered.toSorted((a = 0, b = 0) => a - b),
      Array.from({ length: inFlight * 6 }, (_, id) => id),
    );
    // Not asserted: another program may hold the machine for longer than any limit.
    const slowest = Math.max(...times).toFixed(1);
    context.diagnostic(`the slowest of ${times.length} answers of /health/live took ${slowest} ms`);
  });
});

/** Waits until all runs are at work by the server's own count, or one is over already. */
async function untilAtWork(port: number, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const { body } = await httpRequest({ port, method: "GET", path: "/metrics" });
    if (body.toString().includes(`\npaddlewheel_calls_at_work ${inFlight}\n`)) return;
  }
}
