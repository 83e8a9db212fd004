import { parseArgs } from "node:util";
import { soak } from "./soaking/soak.js";

const connections = 20;

const { values } = parseArgs({
  options: { requests: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});
const requests = Number(values.requests);

interface Sample {
  readonly requests: number;
  readonly rss: number;
  readonly heapUsed: number;
}

const samples: Sample[] = [];

/** Exact only under --expose-gc. */
function takeSample(made: number): void {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  samples.push({ requests: made, rss, heapUsed });
}

/** The growth of `value` per request by least squares over the later half of the samples. */
function slopeOf(value: (sample: Sample) => number): number {
  const half = samples.slice(samples.length / 2);
  const mean = (of: (sample: Sample) => number): number =>
    half.reduce((sum, sample) => sum + of(sample), 0) / half.length;
  const [meanX, meanY] = [mean((sample) => sample.requests), mean(value)];
  const covariance = mean((sample) => (sample.requests - meanX) * (value(sample) - meanY));
  return covariance / mean((sample) => (sample.requests - meanX) ** 2);
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

const start = performance.now();
const { counts, ...left } = await soak({
  requests,
  connections,
  seed: Number(values.seed),
  onProgress: takeSample,
});
const seconds = (performance.now() - start) / 1000;
console.log(`${requests} requests over ${connections} connections in ${seconds.toFixed(1)} s:`, counts);
console.log("left:", left);
for (const [name, of] of [
  ["RSS", (sample: Sample): number => sample.rss],
  ["heap", (sample: Sample): number => sample.heapUsed],
] as const) {
  const sizes = samples.map((sample) => megabytes(of(sample)));
  const slope = megabytes(slopeOf(of) * 100_000);
  console.log(
    `${name}: ${sizes[0]} after the first connection, ${sizes.at(-1)} after the last; ${slope} per 100 000 requests`,
  );
}
if (Object.values(left).some((count) => count > 0)) process.exitCode = 1;
