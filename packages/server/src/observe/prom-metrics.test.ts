import assert from "node:assert/strict";
import { test } from "node:test";
import { metricsText, PromMetrics } from "./prom-metrics.js";

test("a counter, a gauge and a histogram read as Prometheus text", async () => {
  const metrics = new PromMetrics();
  metrics.counter({ name: "calls_total", help: "Calls.", labels: { code: "ok" } }).increment(2);
  metrics.gauge({ name: "depth", help: "Depth." }).set(7);
  const latency = metrics.histogram({ name: "seconds", help: "Time.", buckets: [0.1, 1] });
  for (const value of [0.05, 0.1, 0.5, 3]) latency.observe(value);
  const text = await metrics.text();
  for (const line of [
    "# TYPE calls_total counter",
    'calls_total{code="ok"} 2',
    "depth 7",
    "# TYPE seconds histogram",
    'seconds_bucket{le="0.1"} 2',
    'seconds_bucket{le="1"} 3',
    'seconds_bucket{le="+Inf"} 4',
    "seconds_sum 3.65",
    "seconds_count 4",
  ]) {
    assert.ok(text.split("\n").includes(line), `${line} in\n${text}`);
  }
});

test("the same name and labels give the same metric", async () => {
  const metrics = new PromMetrics();
  const options = { name: "calls_total", help: "Calls.", labels: { a: "1", b: "2" } };
  metrics.counter(options).increment();
  metrics.counter({ ...options, labels: { b: "2", a: "1" } }).increment();
  assert.match(await metrics.text(), /calls_total\{a="1",b="2"\} 2/);
});

test("an observed gauge is read when somebody scrapes", async () => {
  const metrics = new PromMetrics();
  let depth = 1;
  metrics.observedGauge({ name: "depth", help: "Depth." }, () => depth);
  depth = 5;
  assert.match(await metrics.text(), /^depth 5$/m);
});

test("label values are escaped", async () => {
  const metrics = new PromMetrics();
  metrics.counter({ name: "calls_total", help: "Calls.", labels: { op: 'a"b\\c\nd' } }).increment();
  assert.ok((await metrics.text()).includes('calls_total{op="a\\"b\\\\c\\nd"} 1'));
});

test("beyond its limit of series a metric still records and is not shown", async () => {
  const metrics = new PromMetrics();
  for (let i = 0; i < 1100; i++) {
    metrics.counter({ name: "calls_total", help: "Calls.", labels: { i: String(i) } }).increment();
  }
  const rows = (await metrics.text()).split("\n").filter((line) => line.startsWith("calls_total{"));
  assert.equal(rows.length, 1000);
});

test("numbers go to other processes and come back as the same text", async () => {
  const metrics = new PromMetrics();
  metrics.counter({ name: "calls_total", help: "Calls.", labels: { code: "ok" } }).increment(2);
  metrics.gauge({ name: "since", help: "When.", acrossProcesses: "each" }).set(7);
  metrics.histogram({ name: "seconds", help: "Time.", buckets: [0.1] }).observe(0.05);
  const families = await metrics.families();
  assert.deepEqual(
    families.map(({ name, type, acrossProcesses }) => [name, type, acrossProcesses]),
    [
      ["calls_total", "counter", "sum"],
      ["since", "gauge", "each"],
      ["seconds", "histogram", "sum"],
    ],
  );
  assert.equal(await metricsText(families), await metrics.text());
});

test("gauges of the process itself make no sum", async () => {
  const families = await new PromMetrics({ withProcessMetrics: true }).families();
  const across = new Map(families.map(({ name, acrossProcesses }) => [name, acrossProcesses]));
  assert.equal(across.get("process_resident_memory_bytes"), "each");
  assert.equal(across.get("process_cpu_seconds_total"), "sum");
  assert.equal(across.get("nodejs_version_info"), "first");
});

test("servers of one process share its metrics, and nothing else", async () => {
  const [one, other] = [
    new PromMetrics({ withProcessMetrics: true }),
    new PromMetrics({ withProcessMetrics: true }),
  ];
  one.counter({ name: "calls_total", help: "Calls." }).increment();
  const names = async (metrics: PromMetrics) => (await metrics.families()).map(({ name }) => name);
  const ofProcess = await names(other);
  assert.ok(ofProcess.includes("nodejs_gc_duration_seconds"));
  assert.deepEqual(await names(one), ["calls_total", ...ofProcess]);
});
