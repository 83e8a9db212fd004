// What an answer from the request cache costs beside the run it saves: `node bench/dist/request-cache.js`. An Op of an
// in-process server runs the same model with and without a cache, in turns, on inputs that repeat and on such that do not.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GeneralBlob, OpWithChannel, silentLogger, type Tensor, type TensorMap } from "@paddlewheel/core";
import { OpMaker, OpSeqMaker, Server } from "@paddlewheel/server";
import { median } from "./measure/statistics.js";
import { type BenchModel, benchModels } from "./models/bench-model.js";
import { formatFigure } from "./report/table.js";
import { generalModelService, inferencePath } from "./workloads/bench-service.js";

const rounds = 9;
const roundMs = 100;
const cacheBytes = 268_435_456;

type Run = (input: Tensor) => Promise<TensorMap>;

/** What the Op does when it is asked next. */
let measureRuns: (run: Run) => Promise<void>;

/** Times runs of its engine where Ops run them. */
class TimedInferOp extends OpWithChannel<GeneralBlob> {
  static readonly type: string = "TimedInferOp";
  static readonly needsEngine: boolean = true;

  async inference(): Promise<void> {
    const name = this.engine().signature.inputs[0]?.name ?? "";
    await measureRuns((input) => this.infer(new Map([[name, input]])));
    this.output = new GeneralBlob(new Map(this.dependArgument<GeneralBlob>(this.preNames[0] ?? "").tensors));
  }
}

class ModelInput {
  readonly tensor: Tensor;
  readonly #data: Float32Array;

  constructor({ inputShape }: BenchModel) {
    const size = inputShape.reduce((product, axis) => product * axis, 1);
    this.#data = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
    this.tensor = { dtype: "float32", shape: [1, ...inputShape], data: this.#data };
  }

  /** The same array with values it never had. */
  change(): Tensor {
    this.#data[0] = (this.#data[0] ?? 0) + 1;
    return this.tensor;
  }
}

const folder = await mkdtemp(join(tmpdir(), "bench-request-cache-"));
try {
  process.stdout.write("model       input KB      hit µs     miss µs      run µs    run / hit\n");
  for (const model of [benchModels.linear, benchModels.resnet50]) await measure(model);
} finally {
  await rm(folder, { recursive: true });
}

async function measure(model: BenchModel): Promise<void> {
  const modelDir = join(folder, model.name);
  await mkdir(modelDir);
  await writeFile(join(modelDir, "model.onnx"), model.build());
  await using plain = createServer(modelDir, 0);
  await using cached = createServer(modelDir, cacheBytes);
  const plainPort = (await plain.runServer()).port;
  const cachedPort = (await cached.runServer()).port;
  const input = new ModelInput(model);
  const times = { hit: [] as number[], miss: [] as number[], run: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times.run.push(await timeRuns(plainPort, (run) => run(input.tensor)));
    times.miss.push(await timeRuns(cachedPort, (run) => run(input.change())));
    times.hit.push(await timeRuns(cachedPort, (run) => run(input.tensor)));
  }
  report(model, { hit: median(times.hit), miss: median(times.miss), run: median(times.run) });
}

function createServer(modelDir: string, requestCacheSize: number): Server {
  const server = new Server({ host: "127.0.0.1", requestCacheSize, logger: silentLogger });
  const op = new OpMaker();
  const sequence = new OpSeqMaker()
    .addOp(op.create("general_reader"))
    .addOp(op.create(TimedInferOp))
    .addOp(op.create("general_response"));
  server.setOpSequence(sequence.getOpSequence());
  server.loadModelConfig(modelDir);
  server.setRuntimeThreadNum(0);
  server.setNumThreads(1);
  server.setPort(0);
  return server;
}

/** Microseconds of one run. */
async function timeRuns(port: number, runOnce: (run: Run) => Promise<TensorMap>): Promise<number> {
  let micros = Number.NaN;
  measureRuns = async (run) => {
    await runOnce(run);
    const start = performance.now();
    let runs = 0;
    do {
      await runOnce(run);
      runs++;
    } while (performance.now() - start < roundMs);
    micros = ((performance.now() - start) / runs) * 1000;
  };
  const body = JSON.stringify({ tensor: [{ name: "x", elem_type: 1, shape: [1, 1], float_data: [0] }] });
  const headers = { "content-type": "application/json" };
  const url = `http://127.0.0.1:${port}${inferencePath(generalModelService.name)}`;
  const response = await fetch(url, { method: "POST", headers, body });
  if (!response.ok) throw new Error(await response.text());
  return micros;
}

interface Times {
  readonly hit: number;
  readonly miss: number;
  readonly run: number;
}

function report({ name, inputShape }: BenchModel, { hit, miss, run }: Times): void {
  const kilobytes = inputShape.reduce((product, axis) => product * axis, 4) / 1000;
  const figures = [kilobytes, hit, miss, run, run / hit].map((figure) => formatFigure(figure).padStart(12));
  process.stdout.write(`${name.padEnd(8)}${figures.join("")}\n`);
}
