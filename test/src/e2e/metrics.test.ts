import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { StartedServer } from "../harness/start-server.js";
import { httpRequest, wireClients } from "./clients.js";
import { goodRequests } from "./good-requests.js";
import { serveModel } from "./serve-model.js";
import { linear } from "./served-models.js";

/** Samples by name and labels, as the text format has them. */
async function scrape(port: number): Promise<ReadonlyMap<string, number>> {
  const { status, headers, body } = await httpRequest({ port, method: "GET", path: "/metrics" });
  assert.equal(status, 200);
  assert.match(String(headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  const samples = body.toString().matchAll(/^(\w+(?:\{.*\})?) (\S+)$/gm);
  return new Map([...samples].map(([, sample = "", value]) => [sample, Number(value)]));
}

const workflow = `service="GeneralModelService",workflow="workflow1"`;

/** Of four good requests of two rows and four bad ones, one of each over each transport. */
const expected: readonly (readonly [sample: string, value: number])[] = [
  [`pd_query_request_success_total{model="general",version="0"}`, 4],
  [`pd_query_request_failure_total{model="general",version="0"}`, 4],
  [`pd_inference_count_total{model="model",version="0"}`, 4],
  [`paddlewheel_service_seconds_count{service="GeneralModelService"}`, 8],
  [`paddlewheel_workflow_seconds_count{${workflow}}`, 8],
  [`paddlewheel_stage_seconds_count{${workflow},stage="0"}`, 8],
  [`paddlewheel_stage_seconds_count{${workflow},stage="1"}`, 4],
  [`paddlewheel_op_seconds_count{${workflow},stage="0",op="reader"}`, 8],
  [`paddlewheel_op_seconds_count{${workflow},stage="1",op="model"}`, 4],
  [`paddlewheel_op_seconds_count{${workflow},stage="2",op="response"}`, 4],
  [`paddlewheel_engine_run_seconds_count{model="model",version="0"}`, 4],
  [`paddlewheel_engine_queue_seconds_count{model="model",version="0"}`, 4],
  [`paddlewheel_engine_queue_depth{model="model",version="0"}`, 0],
  [`paddlewheel_engine_loaded{model="model",version="0"}`, 1],
  [`paddlewheel_engine_batch_size_sum{model="model",version="0"}`, 8],
  [`paddlewheel_engine_batch_size_bucket{model="model",version="0",le="1"}`, 0],
  [`paddlewheel_engine_batch_size_bucket{model="model",version="0",le="2"}`, 4],
  ["paddlewheel_calls_at_work", 0],
];

const microseconds = [
  `pd_query_request_duration_us_total{model="general",version="0"}`,
  `pd_inference_duration_us_total{model="model",version="0"}`,
];

describe("GET /metrics", () => {
  let server: StartedServer;
  let samples: ReadonlyMap<string, number>;

  before(async () => {
    server = await serveModel({ model: linear() });
    const [x] = goodRequests.linear.request.tensor ?? [];
    const twoRows = { tensor: [{ ...x, shape: [2, 3], float_data: [1, 2, 3, 4, 5, 6] }] };
    for (const client of wireClients(server.port)) {
      assert.equal((await client.send(client.encode(twoRows))).number, 0);
      assert.equal((await client.send(client.encode({}))).number, 22);
      client.close();
    }
    samples = await scrape(server.port);
  });

  after(() => server[Symbol.asyncDispose]());

  for (const [sample, value] of expected) {
    test(`${sample} is ${value}`, () => assert.equal(samples.get(sample), value));
  }

  for (const sample of microseconds) {
    test(`${sample} is a whole number above 0`, () => {
      const value = samples.get(sample) ?? 0;
      assert.ok(Number.isInteger(value) && value > 0, String(value));
    });
  }

  test("every histogram has a bucket without end that holds all", () => {
    const counts = [...samples].filter(([sample]) => /^paddlewheel_\w+_count\{/.test(sample));
    assert.ok(counts.length > 8);
    for (const [sample, count] of counts) {
      const bucket = sample.replace("_count{", "_bucket{").replace(/\}$/, ',le="+Inf"}');
      assert.equal(samples.get(bucket), count, bucket);
    }
  });

  test("calls are counted by transport and outcome", () => {
    const calls = [...samples].filter(([sample]) => sample.startsWith("paddlewheel_calls_total{"));
    const counted = calls.map(([sample, count]) => [
      /protocol="(\w+)".*code="(\w+)"/.exec(sample)?.slice(1),
      count,
    ]);
    assert.deepEqual(counted, [
      [["http", "ok"], 2],
      [["http", "invalidArgument"], 2],
      [["grpc", "ok"], 1],
      [["grpc", "invalidArgument"], 1],
      [["baidu_std", "ok"], 1],
      [["baidu_std", "invalidArgument"], 1],
    ]);
  });
});
