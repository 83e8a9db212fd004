import type { OtelSinkOptions } from "@paddlewheel/otel";
import type { FlagValues } from "../flags/flag-values.js";
import { given } from "../flags/given.js";
import { UsageError } from "../usage-error.js";

/** Environment variables, those of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Who gets traces, as flags and environment say. */
export interface TracingOptions {
  readonly traceRequests: boolean;
  readonly traceExport: OtelSinkOptions | undefined;
}

/** @throws UsageError, or Error that names the environment variable at fault. */
export function tracingOf(values: FlagValues, env: Environment = process.env): TracingOptions {
  const traceRequests = values.has("trace_requests") ? values.bool("trace_requests") : true;
  return { traceRequests, traceExport: traceExport(values.text("otlp_endpoint"), env) };
}

/** Source: OpenTelemetry's environment variables; those of the exporter and the resource, the exporter reads itself. */
function traceExport(flag: string | undefined, env: Environment): OtelSinkOptions | undefined {
  const endpoint = flag === undefined ? endpointOf(env) : tracesUrl(flag, "--otlp_endpoint");
  if (endpoint === undefined || isOff(env)) return undefined;
  checkProtocol(env);
  return { endpoint, ...given(samplingOf(env)) };
}

function endpointOf(env: Environment): string | undefined {
  const own = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  const shared = "OTEL_EXPORTER_OTLP_ENDPOINT";
  // The one for traces is taken as it is, of the shared one traces are a part.
  if (env[own]) return httpUrl(env[own], own).href;
  return env[shared] ? tracesUrl(env[shared], shared) : undefined;
}

function isOff({ OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER }: Environment): boolean {
  return OTEL_SDK_DISABLED?.toLowerCase() === "true" || OTEL_TRACES_EXPORTER === "none";
}

function tracesUrl(text: string, name: string): string {
  const url = httpUrl(text, name);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/traces`;
  return url.href;
}

function httpUrl(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw fault(name, `must be a URL like http://localhost:4318, not ${JSON.stringify(text)}`);
}

/** A collector that takes OTLP as protobuf over HTTP takes it as JSON too. */
function checkProtocol(env: Environment): void {
  for (const name of ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]) {
    if (env[name] === "grpc")
      throw fault(name, "traces are sent over HTTP, not by gRPC: set it to http/json");
  }
}

/** Ratio and manner of each sampler; without an argument the ratio is 1. */
const samplers: ReadonlyMap<
  string,
  { readonly ratio: number | "argument"; readonly followsParent: boolean }
> = new Map([
  ["always_on", { ratio: 1, followsParent: false }],
  ["always_off", { ratio: 0, followsParent: false }],
  ["traceidratio", { ratio: "argument", followsParent: false }],
  ["parentbased_always_on", { ratio: 1, followsParent: true }],
  ["parentbased_always_off", { ratio: 0, followsParent: true }],
  ["parentbased_traceidratio", { ratio: "argument", followsParent: true }],
]);

function samplingOf(env: Environment): {
  sampleRatio: number | undefined;
  followsParent: boolean | undefined;
} {
  const name = env.OTEL_TRACES_SAMPLER || "parentbased_always_on";
  const sampler = samplers.get(name);
  if (!sampler) {
    const known = [...samplers.keys()].join(", ");
    throw fault("OTEL_TRACES_SAMPLER", `must be one of ${known}, not ${JSON.stringify(name)}`);
  }
  const { ratio, followsParent } = sampler;
  return { sampleRatio: ratio === "argument" ? ratioOf(env.OTEL_TRACES_SAMPLER_ARG) : ratio, followsParent };
}

function ratioOf(text: string | undefined): number {
  if (!text) return 1;
  const ratio = Number(text);
  if (ratio >= 0 && ratio <= 1) return ratio;
  throw fault("OTEL_TRACES_SAMPLER_ARG", `must be a number from 0 to 1, not ${JSON.stringify(text)}`);
}

function fault(name: string, what: string): Error {
  return name.startsWith("--") ? new UsageError(`${name} ${what}`) : new Error(`${name}: ${what}`);
}
