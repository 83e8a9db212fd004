import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseFlags } from "../flags/parse-flags.js";
import { UsageError } from "../usage-error.js";
import { serverFlags } from "./server-flags.js";
import { type Environment, tracingOf } from "./trace-export.js";

const tracing = (args: readonly string[], env: Environment = {}) =>
  tracingOf(parseFlags(serverFlags, args).values, env);
const exported = (env: Environment, ...args: string[]) => tracing(args, env).traceExport;

test("callers may ask for their traces unless a flag says no", () => {
  assert.equal(tracing([]).traceRequests, true);
  assert.equal(tracing(["--trace_requests"]).traceRequests, true);
  assert.equal(tracing(["--notrace_requests"]).traceRequests, false);
  assert.equal(tracing(["--trace_requests=false"]).traceRequests, false);
});

describe("traces go to a collector", () => {
  const all = { sampleRatio: 1, followsParent: true };
  const base = "http://c:4318";

  test("only when somebody names one", () => assert.equal(exported({ OTEL_SERVICE_NAME: "s" }), undefined));

  test("below the address that a flag or the environment gives for all signals; the flag wins", () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `${base}/otel/` };
    assert.deepEqual(exported(env), { endpoint: `${base}/otel/v1/traces`, ...all });
    assert.deepEqual(exported(env, `--otlp_endpoint=https://flag`)?.endpoint, "https://flag/v1/traces");
  });

  test("at exactly the address that the environment gives for traces", () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${base}/mine` };
    assert.equal(exported(env)?.endpoint, `${base}/mine`);
  });

  test("never when the environment switches traces off", () => {
    for (const off of [{ OTEL_SDK_DISABLED: "True" }, { OTEL_TRACES_EXPORTER: "none" }]) {
      assert.equal(exported(off, "--otlp_endpoint", base), undefined);
    }
  });

  for (const [sampler, argument, sampleRatio, followsParent] of [
    ["always_on", "0.5", 1, false],
    ["always_off", undefined, 0, false],
    ["traceidratio", "0.25", 0.25, false],
    ["traceidratio", undefined, 1, false],
    ["parentbased_always_on", undefined, 1, true],
    ["parentbased_always_off", undefined, 0, true],
    ["parentbased_traceidratio", "0", 0, true],
  ] as const) {
    test(`with the sampler ${sampler} and the argument ${argument}`, () => {
      const env = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument };
      const sampling = exported({ OTEL_EXPORTER_OTLP_ENDPOINT: base, ...env });
      assert.deepEqual(sampling, { endpoint: `${base}/v1/traces`, sampleRatio, followsParent });
    });
  }

  for (const [env, message] of [
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "c:4318" },
      'OTEL_EXPORTER_OTLP_ENDPOINT: must be a URL like http://localhost:4318, not "c:4318"',
    ],
    [
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "ftp://c" },
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: must be a URL like http://localhost:4318, not "ftp://c"',
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      "OTEL_EXPORTER_OTLP_PROTOCOL: traces are sent over HTTP, not by gRPC: set it to http/json",
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_TRACES_SAMPLER: "some" },
      "OTEL_TRACES_SAMPLER: must be one of always_on, always_off, traceidratio, parentbased_always_on, " +
        'parentbased_always_off, parentbased_traceidratio, not "some"',
    ],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: base,
        OTEL_TRACES_SAMPLER: "traceidratio",
        OTEL_TRACES_SAMPLER_ARG: "10%",
      },
      'OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1, not "10%"',
    ],
  ] as const) {
    test(`but not with a wrong ${message.split(":", 1)}`, () => {
      assert.throws(() => exported(env), new Error(message));
    });
  }

  test("but not with a wrong flag", () => {
    const message = '--otlp_endpoint must be a URL like http://localhost:4318, not "c"';
    assert.throws(() => exported({}, "--otlp_endpoint=c"), new UsageError(message));
  });
});
