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
import { median } from "./measure/statistics.js";
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
const crowdSize = 64;

interface Figures {
  /** One request at a time. */
  readonly alone: MeasuredWindow;
  readonly crowd: MeasuredWindow;
  /** At the rate of the peak. */
  readonly once: OpenWindow;
  readonly rounds: readonly Round[];
}

/** By turns: what else the machine does hits both alike. */
interface Round {
  readonly peak: MeasuredWindow;
  readonly overload: OpenWindow;
}

interface Load {
  readonly windowMs: number;
  /** Of the closed loop that finds the peak. */
  readonly inFlight: number;
  readonly rounds: number;
}

async function measure(server: RunningServer, { windowMs, inFlight, rounds }: Load): Promise<Figures> {
  const closed = (inFlight: number) =>
    server.measure({ connections: Math.min(connections, inFlight), inFlight, warmupMs, windowMs });
  const open = (rate: number) => server.measureOpen({ connections, rate, windowMs, deadlineMs });
  const alone = await closed(1);
  const crowd = await closed(crowdSize);
  const rate = requestsPerSecond(await closed(inFlight));
  const once = await open(rate);
  // The code that refuses has to be compiled as well.
  await open(rate * overload);
  const measured: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const peak = await closed(inFlight);
    measured.push({ peak, overload: await open(requestsPerSecond(peak) * overload) });
  }
  return { alone, crowd, once, rounds: measured };
}

function describe({ alone, crowd, once, rounds }: Figures): readonly string[] {
  return [
    `alone        p50 ${ms(alone.p50Micros)}, p99 ${ms(alone.p99Micros)}`,
    `crowd        ${describeClosed(crowd)} at ${crowdSize} in flight, ${crowd.errors} refused or failed`,
    `at the peak  ${describeOpen(once)}`,
    ...rounds.flatMap(({ peak, overload }) => [
      `peak         ${describeClosed(peak)}; ${describeCores(peak)}`,
      `3 times it   ${describeOpen(overload)}; ${describeCores(overload)}`,
    ]),
    ...verdicts(alone, rounds),
  ];
}

function verdicts(alone: MeasuredWindow, rounds: readonly Round[]): readonly string[] {
  const windows = rounds.map(({ overload }) => overload);
  const goodput = median(rounds.map(goodputShare));
  const slowdown = median(windows.map(({ p99Micros }) => p99Micros)) / alone.p99Micros;
  // Little's law: so many are answered within the p99 that is promised.
  const peakRate = median(rounds.map(({ peak }) => requestsPerSecond(peak)));
  const maxLine = Math.ceil((peakRate * maxSlowdown * alone.p99Micros) / 1e6);
  const line = Math.max(...windows.map(({ longestLine }) => longestLine));
  const errors = windows.reduce((sum, window) => sum + window.errors, 0);
  const samples = windows.flatMap(({ errorSamples }) => errorSamples);
  return [
    verdict(goodput >= minGoodput, `goodput ${share(goodput)} of the peak, at least ${share(minGoodput)}`),
    verdict(slowdown <= maxSlowdown, `p99 ${slowdown.toFixed(1)} times that alone, at most ${maxSlowdown}`),
    verdict(errors === 0, [`${errors} wrong or without an answer`, ...samples].join("; ")),
    verdict(line <= maxLine, `longest line ${line}, at most ${maxLine}`),
  ];
}

function goodputShare({ peak, overload }: Round): number {
  return overload.answered / overload.seconds / requestsPerSecond(peak);
}

function verdict(isMet: boolean, text: string): string {
  return `${isMet ? "met     " : "NOT MET "} ${text}`;
}

function describeClosed(window: MeasuredWindow): string {
  return `${requestsPerSecond(window).toFixed(0)}/s, p99 ${ms(window.p99Micros)}`;
}

function describeOpen(window: OpenWindow): string {
  const { sent, answered, seconds, late, refused, longestLine } = window;
  const codes = Object.entries(refused).map(([code, count]) => `${count} ${code}`);
  return [
    `${(sent / seconds).toFixed(0)}/s came, ${(answered / seconds).toFixed(0)}/s answered`,
    `p50 ${ms(window.p50Micros)}, p99 ${ms(window.p99Micros)}`,
    `${late} late`,
    `refused: ${codes.join(", ") || "none"}`,
    `longest line ${longestLine}`,
  ].join("; ");
}

/** What they had of a core. */
function describeCores({ cpuMicros, seconds, loaderBusy }: MeasuredWindow | OpenWindow): string {
  return `server ${share(cpuMicros / 1e6 / seconds)}, loader ${share(loaderBusy)} of a core`;
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
    seconds: { type: "string", default: "4" },
    rounds: { type: "string", default: "3" },
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
    const figures = await measure(server, {
      windowMs: Number(values.seconds) * 1000,
      inFlight: Number(values["in-flight"]),
      rounds: Number(values.rounds),
    });
    const where = values.shared ? "all cores for server and loader" : "a core each for server and loader";
    console.log([`${model.name}, ${values.seconds} s each, ${where}`, ...describe(figures)].join("\n"));
  } finally {
    await server.stop();
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
process.exit();
