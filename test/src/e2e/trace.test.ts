import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Client, credentials, Metadata } from "@grpc/grpc-js";
import { createDeferred } from "@paddlewheel/core/testing";
import { logLines } from "./access-log.js";
import { grpcClient, httpClient, httpRequest, type WireClient, wireClients } from "./clients.js";
import { goodRequests } from "./good-requests.js";
import { encodeRequest, requestJson, serviceName } from "./proto-messages.js";
import { serveModel } from "./serve-model.js";
import { linear } from "./served-models.js";
import { attributesOf, type OtlpSpan, TraceCollector } from "./trace-collector.js";

const { request } = goodRequests.linear;
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const callersSpan = "00f067aa0ba902b7";
const traceparent = `00-${traceId}-${callersSpan}-01`;

interface ReportedSpan {
  readonly kind: string;
  readonly name: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly parent?: number;
}

interface Report {
  readonly requestId: string;
  readonly traceId: string;
  readonly totalUs: number;
  readonly spans: readonly ReportedSpan[];
  readonly dropped: number;
}

const asked = { "x-paddlewheel-trace": "1", "x-request-id": "r1", traceparent };

/** The value of `x-paddlewheel-trace` in the answer to a good request. */
const tracesBy: Readonly<Record<string, (port: number) => Promise<string | undefined>>> = {
  HTTP: async (port) => {
    const headers = { "content-type": "application/json", ...asked };
    const reply = await httpRequest({ port, headers, body: requestJson(request) });
    assert.equal(reply.status, 200);
    return reply.headers["x-paddlewheel-trace"] as string | undefined;
  },
  gRPC: async (port) => {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    const metadata = new Metadata();
    for (const [key, value] of Object.entries(asked)) metadata.set(key, value);
    const asIs = (bytes: Buffer): Buffer => bytes;
    const path = `/${serviceName}/inference`;
    const { promise, resolve } = createDeferred<Metadata>();
    client
      .makeUnaryRequest(path, asIs, asIs, encodeRequest(request), metadata, (error) => assert.ifError(error))
      .on("status", (status) => resolve(status.metadata));
    const [trace] = (await promise).get("x-paddlewheel-trace");
    client.close();
    return trace?.toString();
  },
};

/** Kind and name of each span after those of what it is a part of. */
function pathOf(spans: readonly ReportedSpan[], { kind, name, parent }: ReportedSpan): string {
  const above = parent === undefined ? undefined : spans[parent];
  return `${above ? `${pathOf(spans, above)} > ` : ""}${kind} ${name}`;
}

describe("a request that asks for its trace", () => {
  const call = `call ${serviceName}/inference`;
  const workflow = `${call} > service GeneralModelService > workflow workflow1`;
  const expected = [
    call,
    `${call} > service GeneralModelService`,
    workflow,
    `${workflow} > node reader`,
    `${workflow} > node model`,
    `${workflow} > node model > run model`,
    `${workflow} > node response`,
  ];

  for (const [transport, traceBy] of Object.entries(tracesBy)) {
    test(`gets it with the answer over ${transport}, and the log names it`, async () => {
      await using server = await serveModel({ model: linear() });
      const report = JSON.parse((await traceBy(server.port)) ?? "") as Report;
      assert.deepEqual([report.requestId, report.traceId, report.dropped], ["r1", traceId, 0]);
      const { spans, totalUs } = report;
      assert.equal(spans.length, expected.length);
      assert.deepEqual(new Set(spans.map((span) => pathOf(spans, span))), new Set(expected));
      for (const { startUs, durationUs, parent } of spans) {
        const within = parent === undefined ? { startUs: 0, durationUs: totalUs } : spans[parent];
        // Both ends are rounded to whole microseconds.
        assert.ok(within && startUs >= within.startUs);
        assert.ok(within && startUs + durationUs <= within.startUs + within.durationUs + 2);
      }
      const { stdout } = await server.stop();
      const line = logLines(stdout).find(({ msg }) => msg === "call");
      assert.equal((line as { traceId?: string } | undefined)?.traceId, traceId);
    });
  }

  test("gets none where the operator refuses", async () => {
    await using server = await serveModel({ model: linear() }, ["--notrace_requests"]);
    for (const traceBy of Object.values(tracesBy)) assert.equal(await traceBy(server.port), undefined);
  });
});

/** Sends all spans at once, so that no test waits for them. */
const exportTo = ({ url }: TraceCollector): { env: Record<string, string> } => ({
  env: {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_HEADERS: "x-key=secret",
    OTEL_SERVICE_NAME: "housing",
    OTEL_BSP_SCHEDULE_DELAY: "1",
  },
});

async function sendAll(clients: readonly WireClient[], headers: Record<string, string> = {}): Promise<void> {
  for (const client of clients) {
    assert.equal((await client.send(client.encode(request), { headers })).number, 0);
    client.close();
  }
}

const nanos = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n;

describe("an OpenTelemetry collector", () => {
  test("gets each call as a child of its caller's span, with all that it did", async () => {
    await using collector = await TraceCollector.start();
    await using server = await serveModel({ model: linear() }, [], exportTo(collector));
    const before = nanos(Date.now() - 1);
    await sendAll([httpClient(server.port, "HTTP/proto"), grpcClient(server.port)], { traceparent });
    await collector.until(({ spans }) => spans.length >= 14);
    const after = nanos(Date.now() + 1);
    const { spans } = collector;
    assert.equal(spans.length, 14);
    assert.ok(collector.paths.every((path) => path === "/v1/traces"));
    assert.equal(collector.resource.get("service.name"), "housing");
    assert.deepEqual([...new Set(spans.map((span) => span.traceId))], [traceId]);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const calls = spans.filter(({ parentSpanId }) => parentSpanId === callersSpan);
    assert.deepEqual(
      new Set(calls.map((span) => [span.name, span.kind, attributesOf(span).get("rpc.system")])),
      new Set([
        [`${serviceName}/inference`, 2, "brpc"],
        [`${serviceName}/inference`, 2, "grpc"],
      ]),
    );
    const parents = (name: string): (string | undefined)[] =>
      spans.filter((span) => span.name === name).map((span) => byId.get(span.parentSpanId ?? "")?.name);
    assert.deepEqual(parents("run/model"), ["node/model", "node/model"]);
    assert.deepEqual(parents("node/model"), ["workflow/workflow1", "workflow/workflow1"]);
    for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
      const [start, end] = [BigInt(startTimeUnixNano), BigInt(endTimeUnixNano)];
      assert.ok(before <= start && start <= end && end <= after);
    }
  });

  test("gets no trace that its caller does not keep, and all that begin here, those at the end too", async () => {
    await using collector = await TraceCollector.start();
    await using server = await serveModel({ model: linear() }, [], {
      env: { ...exportTo(collector).env, OTEL_BSP_SCHEDULE_DELAY: "60000" },
    });
    await sendAll(wireClients(server.port), { traceparent: traceparent.replace(/1$/, "0") });
    const client = httpClient(server.port, "HTTP/JSON");
    assert.notEqual((await client.send(Buffer.from("{}"))).number, 0);
    client.close();
    assert.equal((await server.stop()).code, 0);
    const [call, ...others] = collector.spans.filter(({ kind }) => kind === 2) as [OtlpSpan];
    assert.deepEqual([call.parentSpanId, others.length], [undefined, 0]);
    assert.equal(attributesOf(call).get("error.type"), "invalidArgument");
  });

  test("that refuses harms no call, and is complained of once", async () => {
    await using collector = await TraceCollector.start((response) => response.writeHead(400).end());
    await using server = await serveModel({ model: linear() }, [], exportTo(collector));
    for (let i = 1; i <= 3; i++) {
      await sendAll([httpClient(server.port, "HTTP/proto")]);
      await collector.until(({ spans }) => spans.length >= 7 * i);
    }
    const { code, stdout } = await server.stop();
    assert.equal(code, 0);
    const complaints = logLines(stdout).filter(({ level }) => level !== "info");
    assert.deepEqual(
      complaints.map(({ msg }) => msg),
      ["traces cannot be exported"],
    );
  });

  test("that never answers delays no call, and the end by a few seconds only", async () => {
    await using collector = await TraceCollector.start(() => {});
    // A server that has not ended ten seconds later kills itself.
    const flags = ["--drain_timeout_ms", "100"];
    await using server = await serveModel({ model: linear() }, flags, exportTo(collector));
    await sendAll(wireClients(server.port));
    await collector.until(({ spans }) => spans.length > 0);
    await sendAll(wireClients(server.port));
    const { code, signal } = await server.stop();
    assert.deepEqual([code, signal], [0, undefined]);
  });

  test("that is not there harms neither start, calls nor stop", async () => {
    const gone = await TraceCollector.start();
    const { env } = exportTo(gone);
    await gone[Symbol.asyncDispose]();
    await using server = await serveModel({ model: linear() }, [], { env });
    await sendAll(wireClients(server.port));
    assert.equal((await server.stop()).code, 0);
  });
});
