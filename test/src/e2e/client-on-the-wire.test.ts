import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  createCallEngine,
  createCluster,
  createHostTransport,
  type HostTransport,
} from "@paddlewheel/client";
import { Code, parseTraceContext } from "@paddlewheel/core";
import type { StartedServer } from "../harness/start-server.js";
import { failureOf, firstElement, modelCall, nameOf, type Way, ways } from "./client-ways.js";
import { encodeRequest } from "./proto-messages.js";
import { serveModel } from "./serve-model.js";
import { slowModel, slowRequest } from "./slow-model.js";
import { openWiretap } from "./wiretap.js";

const maxBodySize = 12_000_000;
const width = 256;
/** Rounds that take about half a second; nothing stops them. */
const slow = 100_000;
const message = encodeRequest(slowRequest(slow, 1));

/** Rows of one number in a request of so many bytes, and some. */
function largeRequest(bytes: number): Uint8Array {
  const rows = Math.ceil(bytes / 4 / width);
  const [x, rounds] = slowRequest(0, 1).tensor ?? [];
  assert.ok(x && rounds);
  const data = new Array<number>(rows * width).fill(7);
  return encodeRequest({ tensor: [{ ...x, shape: [rows, width], float_data: data }, rounds] });
}

const isMultiplexed = ({ protocol, connectionType }: Way): boolean =>
  protocol === "baidu_std" && connectionType === "single";

describe("what a server sees of its clients' calls", () => {
  let server: StartedServer;
  before(async () => {
    const served = { model: slowModel(), engine: "runtime_thread_num: 1" };
    server = await serveModel(served, ["--max_body_size", String(maxBodySize)]);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  /** The server's log line of a call. */
  async function lineOf(requestId: string): Promise<{ code: number; logId: string }> {
    const [line] = await server.command.waitFor(
      "stdout",
      new RegExp(`^.*"requestId":"${requestId}".*$`, "m"),
    );
    return JSON.parse(line) as { code: number; logId: string };
  }

  for (const way of ways) {
    const id = nameOf(way).replaceAll(/[^a-z0-9]/g, "-");
    const connectTo = (address: string): HostTransport =>
      createHostTransport(way.protocol, { address, ...way });

    test(`it has the time of a call by ${nameOf(way)}, and ends it when that is over`, async () => {
      const tapped = { serverPort: server.port, message, isCutAfter: true };
      await using tap = await openWiretap(tapped);
      const transport = connectTo(tap.address);
      const requestId = `late-${id}`;
      const { code } = await failureOf(transport, { message, requestId, timeoutMs: 80 });
      assert.equal(code, Code.deadlineExceeded);
      assert.equal((await lineOf(requestId)).code, Code.deadlineExceeded);
      transport.close();
    });

    test(`it has the ids and the trace of a call by ${nameOf(way)}`, async () => {
      const cluster = createCluster({ naming: server.address });
      const engine = createCallEngine({ cluster, connect: connectTo });
      const traceContext = parseTraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
      const headers = new Map([["x-paddlewheel-trace", "1"]]);
      const requestId = `ids-${id}`;
      const { headers: answered } = await engine.call(
        modelCall({ logId: 2n ** 63n - 1n, requestId, headers, ...{ traceContext } }),
      );
      const { traceId } = JSON.parse(answered.get("x-paddlewheel-trace") ?? "{}") as { traceId?: string };
      assert.equal(traceId, traceContext?.traceId);
      assert.equal((await lineOf(requestId)).logId, "9223372036854775807");
      engine.close();
      cluster.close();
    });

    test(`it takes and gives large messages by ${nameOf(way)}, and no larger ones than it may`, async () => {
      const cluster = createCluster({ naming: server.address });
      const engine = createCallEngine({ cluster, connect: connectTo });
      const { message: answer } = await engine.call(modelCall({ message: largeRequest(8_000_000) }));
      assert.ok(answer.length > 8_000_000);
      assert.equal(firstElement(answer), 7);
      const tooLarge = engine.call(modelCall({ message: largeRequest(maxBodySize) }));
      await assert.rejects(tooLarge, { code: Code.messageTooLarge });
      // The server may have closed the connection.
      assert.equal(firstElement((await engine.call(modelCall())).message), 1);
      engine.close();
      cluster.close();
    });

    // Over a connection that other calls share the server is not told; the answer is dropped when it comes.
    if (isMultiplexed(way)) continue;
    test(`it hears that a call by ${nameOf(way)} was given up`, async () => {
      const tapped = { serverPort: server.port, message, isCutAfter: false };
      await using tap = await openWiretap(tapped);
      const transport = connectTo(tap.address);
      const requestId = `gone-${id}`;
      const attempt = transport.start(modelCall({ message, requestId }), () =>
        assert.fail("it was given up"),
      );
      await tap.carried;
      attempt.abandon();
      assert.equal((await lineOf(requestId)).code, Code.cancelled);
      transport.close();
    });
  }
});
