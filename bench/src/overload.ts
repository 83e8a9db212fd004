// What our server does when more comes in than it can do: `node bench/dist/overload.js [--model resnet50]`. Its peak
// is measured in a closed loop, then requests come at three times that rate whatever becomes of them. Server and loader
// have a core each, so that the loader takes nothing from the server; `--shared` lets both have all cores.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startPaddlewheel } from "./contenders/paddlewheel.js";
import type { RunningServer } from "./contenders/server-process.js";
import type { OpenWindow } from "./load/load-job.js";
import { type MeasuredWindow, requestsPerSecond } from "./measure/measured-window.js";
import { type BenchModelName, benchModels } from "./models/bench-model.js";
import { prepareModel } from "./models/prepared-model.js";

/** What is promised at this multiple of the peak. */
const overload = 3;
const minGoodput = 0.9;
const maxSlowdown = 4;

const connections = 8;
const warmupMs = 1000;
/** An answer that takes longer is worth nothing to anybody. */
const deadlineMs = 1000;
/** Callers who take turns, as many as come to a server that was just started: no overload, so none is refused. */
const crowd = 64;

interface Figures {
  /** One request at a time. */
  readonly alone: MeasuredWindow;
  readonly peak: MeasuredWindow;
  readonly crowd: MeasuredWindow;
  /** At the rate of the peak. */
  readonly once: OpenWindow;
  readonly overload: OpenWindow;
}

async function measure(server: RunningServer, windowMs: number, inFlight: number): Promise<Figures> {
  const closed = (inFlight: number) =>
    server.measure({ connections: Math.min(connections, inFlight), inFlight, warmupMs, windowMs });
  const open = (rate: number) => server.measureOpen({ connections, rate, windowMs, deadlineMs });
  const alone = await closed(1);
  const peak = await closed(inFlight);
  const rate = requestsPerSecond(peak);
  return {
    alone,
    peak,
    crowd: await closed(crowd),
    once: await open(rate),
    overload: await open(rate * overload),
  };
}

function describe({ alone, peak, crowd, once, overload }: Figures, inFlight: number): readonly string[] {
  const peakRate = requestsPerSecond(peak);
  return [
    `alone        p50 ${ms(alone.p50Micros)}, p99 ${ms(alone.p99Micros)}`,
    `peak         ${describeClosed(peak)} at ${inFlight} in flight`,
    `crowd        ${describeClosed(crowd)} at 64 in flight, ${crowd.errors} refused or failed`,
    `at the peak  ${describeOpen(once, peakRate)}`,
    `3 times it   ${describeOpen(overload, peakRate)}`,
    `loader       ${share(peak.loaderBusy)} of a core at the peak, ${share(overload.loaderBusy)} at 3 times`,
    `server       ${share(cores(peak))} of a core at the peak, ${share(cores(overload))} at 3 times`,
    ...verdicts({ alone, peakRate, overload }),
  ];
}

interface Judged {
  readonly alone: MeasuredWindow;
  readonly peakRate: number;
  readonly overload: OpenWindow;
}

function verdicts({ alone, peakRate, overload }: Judged): readonly string[] {
  const goodput = overload.answered / overload.seconds / peakRate;
  const slowdown = overload.p99Micros / alone.p99Micros;
  // Little's law: so many are answered within the p99 that is promised.
  const maxLine = Math.ceil((peakRate * maxSlowdown * alone.p99Micros) / 1e6);
  const refused = Object.values(overload.refused).reduce((sum, count) => sum + count, 0);
  const explicit = `${refused} refused in words, ${overload.errors} wrong or without an answer`;
  return [
    verdict(goodput >= minGoodput, `goodput ${share(goodput)} of the peak, at least ${share(minGoodput)}`),
    verdict(slowdown <= maxSlowdown, `p99 ${slowdown.toFixed(1)} times that alone, at most ${maxSlowdown}`),
    verdict(overload.errors === 0, `${explicit}${overload.errorSamples.map((one) => `; ${one}`).join("")}`),
    verdict(overload.longestLine <= maxLine, `longest line ${overload.longestLine}, at most ${maxLine}`),
  ];
}

function verdict(isMet: boolean, text: string): string {
  return `${isMet ? "met     " : "NOT MET "} ${text}`;
}

function describeClosed(window: MeasuredWindow): string {
  return `${requestsPerSecond(window).toFixed(0)}/s, p99 ${ms(window.p99Micros)}`;
}

function describeOpen(window: OpenWindow, peakRate: number): string {
  const { sent, answered, seconds, late, refused, longestLine } = window;
  const codes = Object.entries(refused).map(([code, count]) => `${count} ${code}`);
  return [
    `${(sent / seconds).toFixed(0)}/s came, ${(answered / seconds).toFixed(0)}/s answered (${share(answered / seconds / peakRate)})`,
    `p50 ${ms(window.p50Micros)}, p99 ${ms(window.p99Micros)}`,
    `${late} late`,
    `refused: ${codes.join(", ") || "none"}`,
    `longest line ${longestLine}`,
  ].join("; ");
}

function cores({ cpuMicros, seconds }: Pick<MeasuredWindow, "cpuMicros" | "seconds">): number {
  return cpuMicros / 1e6 / seconds;
}

function ms(micros: number): string {
  return `${(micros / 1000).toFixed(1)} ms`;
}

function share(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}

const { values } = parseArgs({
  options: {
    model: { type: "string", default: "wide" },
    seconds: { type: "string", default: "8" },
    "in-flight": { type: "string", default: "4" },
    /** A line of prototxt for the engine. */
    engine: { type: "string", multiple: true, default: ['placement: "pool"', "batch_infer_size: 1"] },
    shared: { type: "boolean", default: false },
  },
});
if (!(values.model in benchModels)) throw new RangeError(`--model: there is no model "${values.model}"`);
if (!values.shared && availableParallelism() < 2) throw new RangeError("there is one core: use --shared");
const directory = mkdtempSync(join(tmpdir(), "paddlewheel-overload-"));
try {
  const model = await prepareModel(benchModels[values.model as BenchModelName], directory);
  const server = await startPaddlewheel(model, {
    key: "overload",
    engineLines: values.engine,
    cpus: values.shared ? undefined : { server: "0", loader: "1" },
  });
  try {
    const inFlight = Number(values["in-flight"]);
    const figures = await measure(server, Number(values.seconds) * 1000, inFlight);
    const where = values.shared ? "all cores for server and loader" : "a core each for server and loader";
    console.log(
      [`${model.name}, ${values.seconds} s each, ${where}`, ...describe(figures, inFlight)].join("\n"),
    );
  } finally {
    await server.stop();
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
