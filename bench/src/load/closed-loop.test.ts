import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorTally } from "../measure/error-tally.js";
import { generalModelService, inferenceMethod } from "../workloads/bench-service.js";
import { prepareCalls } from "./caller.js";
import { callers } from "./callers.js";
import { ClosedLoop } from "./closed-loop.js";
import { prefixLength } from "./length-prefix.js";
import { answer, connectTo } from "./unary-fixture.js";

const requests = [1, 2, 3].map((value) => ({
  message: Buffer.of(value),
  expected: Float32Array.of(value * 10),
}));
const calls = prepareCalls(callers.grpc, requests);

/** The answer to request `value`, and to any other when `factor` is not 10. */
function responseTo(body: Buffer, factor: number): Buffer {
  const float_data = [(body[5] ?? 0) * factor];
  return prefixLength(
    inferenceMethod(generalModelService).responseSerialize({ outputs: [{ tensor: [{ float_data }] }] }),
  );
}

/** Lets a loop run until the server has had `calls` calls, then drains it. */
async function runLoop(inFlight: number, factor: (call: number) => number): Promise<ClosedLoop> {
  const total = 50;
  let count = 0;
  let onEnough = (): void => {};
  const enough = new Promise<void>((resolve) => {
    onEnough = resolve;
  });
  await using server = await connectTo((stream, body) => {
    count++;
    answer(stream, responseTo(body, factor(count)));
    if (count === total) onEnough();
  });
  const loop = new ClosedLoop({
    connections: [server.connection],
    inFlight,
    calls,
    errors: new ErrorTally(),
  });
  loop.start();
  await enough;
  await loop.drain();
  assert.equal(loop.open, 0);
  assert.equal(loop.latencies.count + loop.errors.count, count);
  return loop;
}

test("right answers are counted with their latency", async () => {
  const loop = await runLoop(4, () => 10);
  assert.equal(loop.errors.count, 0);
  assert.ok(loop.latencies.percentile(50) > 0);
});

test("a wrong answer among right ones is an error and has no latency", async () => {
  const loop = await runLoop(1, (call) => (call === 7 ? 11 : 10));
  assert.equal(loop.errors.count, 1);
  assert.deepEqual(loop.errors.samples, ["value 0 of the answer is 11, 10 is right"]);
});

test("a loop that meets only errors stops calling", async () => {
  await using server = await connectTo((stream) => stream.close());
  server.connection.close();
  const errors = new ErrorTally();
  const loop = new ClosedLoop({ connections: [server.connection], inFlight: 10, calls, errors });
  loop.start();
  assert.equal(loop.open, 0);
  assert.equal(errors.count, 1000);
  assert.deepEqual(errors.samples, ["the connection was closed"]);
});
