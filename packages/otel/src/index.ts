export { createOtelSink, type OtelSink, type OtelSinkOptions } from "./otel-sink.js";
