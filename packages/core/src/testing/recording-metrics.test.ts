import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { RecordingMetrics } from "./recording-metrics.js";

describe("RecordingMetrics", () => {
  test("gives the same metric for the same name and labels, whatever their order", () => {
    const metrics = new RecordingMetrics();
    metrics.counter({ name: "runs", help: "", labels: { a: "1", b: "2" } }).increment();
    metrics.counter({ name: "runs", help: "", labels: { b: "2", a: "1" } }).increment(2);
    assert.equal(metrics.counted("runs", { a: "1", b: "2" }), 3);
  });

  test("answers for every metric of the name that has the labels", () => {
    const metrics = new RecordingMetrics();
    metrics.histogram({ name: "seconds", help: "", labels: { op: "a", stage: "0" } }).observe(1);
    metrics.histogram({ name: "seconds", help: "", labels: { op: "b", stage: "0" } }).observe(2);
    metrics.histogram({ name: "bytes", help: "", labels: { op: "a" } }).observe(3);
    assert.deepEqual(metrics.observations("seconds"), [1, 2]);
    assert.deepEqual(metrics.observations("seconds", { op: "b" }), [2]);
    assert.deepEqual(metrics.observations("seconds", { op: "c" }), []);
  });

  test("reads gauges as they are now", () => {
    const metrics = new RecordingMetrics();
    let depth = 1;
    metrics.observedGauge({ name: "depth", help: "" }, () => depth);
    depth = 7;
    const gauge = metrics.gauge({ name: "versions", help: "" });
    assert.equal(metrics.gaugeValue("versions"), undefined);
    gauge.set(2);
    gauge.set(1);
    assert.equal(metrics.gaugeValue("versions"), 1);
    assert.equal(metrics.gaugeValue("depth"), 7);
  });
});
