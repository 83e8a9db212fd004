// Replaces the model of a server again and again while it is called: `node bench/dist/reload.js`. Between the good models
// come broken and half-written ones, and ones that miss their golden answers. Each answer must come whole from one good
// model, the one that its header names. Each type of reload has its turn, with an equal share of the requests.
// `--requests 200000 --replacements 100` is the full size; the default takes seconds.
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { linearModel } from "@paddlewheel/onnx";
import { LatencyHistogram } from "./measure/latency-histogram.js";
import { startGeneralServer } from "./soak-server.js";
import { generalModelService } from "./workloads/bench-service.js";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "20000" },
    replacements: { type: "string", default: "20" },
    "in-flight": { type: "string", default: "16" },
  },
});
const types = ["timestamp_ne", "timestamp_gt", "md5sum", "revision"] as const;
/** Of one type. */
const requests = Math.ceil(Number(values.requests) / types.length);
const replacements = Math.ceil(Number(values.replacements) / types.length);
const inFlight = Number(values["in-flight"]);

/** How often the server looks for new models. */
const lookMs = 20;
/** How long a bad model is left there: the server looks several times, and tries it at least once. */
const badModelMs = 10 * lookMs;

interface Answer {
  readonly bias: number;
  /** `GeneralInferOp_0=0@REVISION`, from the header. */
  readonly version: string;
}

class Soak {
  readonly steady = new LatencyHistogram();
  readonly switching = new LatencyHistogram();
  readonly faults: string[] = [];
  done = 0;
  /** Of the newest model that has answered. */
  newest = 1;
  isSwitching = false;
  /** What each version answers, by the name the header gives it: one model, one name. */
  readonly #biasOf = new Map<string, number>();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  async callUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const startedAt = performance.now();
      const wasSwitching = this.isSwitching;
      try {
        this.#check(await this.#ask());
      } catch (error) {
        this.faults.push(String(error));
      }
      const histogram = wasSwitching || this.isSwitching ? this.switching : this.steady;
      histogram.record((performance.now() - startedAt) * 1000);
      this.done++;
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #check({ bias, version }: Answer): void {
    const known = this.#biasOf.get(version) ?? bias;
    if (known !== bias) this.faults.push(`${version} answered ${bias}, and ${known} before`);
    this.#biasOf.set(version, known);
    this.newest = Math.max(this.newest, bias);
  }

  #ask(): Promise<Answer> {
    const body = JSON.stringify({ tensor: [{ name: "x", elem_type: 1, shape: [1, 1], float_data: [0] }] });
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const path = `/${generalModelService.name}/inference`;
    const options = {
      port: this.#port,
      host: "127.0.0.1",
      method: "POST",
      path,
      agent: this.#agent,
      headers,
    };
    return new Promise((resolve, reject) => {
      const call = request(options, (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(pieces).toString();
          if (response.statusCode === 200) resolve(answerOf(text, response.headers["x-model-version"]));
          else reject(new Error(`${response.statusCode}: ${text}`));
        });
      });
      call.on("error", reject);
      call.end(body);
    });
  }
}

function answerOf(text: string, version: unknown): Answer {
  const { outputs } = JSON.parse(text) as { outputs: { tensor: { float_data: number[] }[] }[] };
  return { bias: outputs[0]?.tensor[0]?.float_data[0] ?? Number.NaN, version: String(version) };
}

async function put(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

async function putModel(dir: string, bias: number): Promise<void> {
  await put(
    join(dir, "golden", "zero.json"),
    JSON.stringify({ feeds: { x: [[0]] }, fetches: { y: [[bias]] } }),
  );
  await put(join(dir, "model.onnx"), modelOf(bias));
  await put(join(dir, "tag"), `r${bias}`);
}

function modelOf(bias: number): Uint8Array {
  return linearModel({ weights: [1], bias, fetchName: "y" });
}

/** One of each kind in turn. */
async function putBadModel(dir: string, bias: number): Promise<void> {
  const bad = [Buffer.from("broken"), modelOf(bias).subarray(0, 60), modelOf(bias + 0.5)];
  await put(join(dir, "model.onnx"), bad[bias % bad.length] ?? "");
  await put(join(dir, "tag"), `bad${bias}`);
  await sleep(badModelMs);
}

/** One replacement after the other, spread over the requests. */
async function replaceModels(dir: string, soak: Soak): Promise<void> {
  for (let bias = 2; bias < 2 + replacements; bias++) {
    while (soak.done < ((bias - 1) * requests) / (replacements + 1)) await sleep(lookMs);
    await putBadModel(dir, bias);
    soak.isSwitching = true;
    await putModel(dir, bias);
    while (soak.newest < bias) await sleep(1);
    soak.isSwitching = false;
  }
}

async function run(type: (typeof types)[number]): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), "reload-"));
  await putModel(dir, 1);
  const { server, port } = await startGeneralServer({
    modelDir: dir,
    reloadableMeta: join(dir, "tag"),
    reloadableType: type,
    reloadIntervalMs: lookMs,
  });
  const soak = new Soak(port);
  let isReplaced = false;
  const isOver = () => soak.done >= requests && isReplaced;
  const callers = Array.from({ length: inFlight }, () => soak.callUntil(isOver));
  await replaceModels(dir, soak);
  isReplaced = true;
  await Promise.all(callers);
  soak.close();
  await server.stop();
  await rm(dir, { recursive: true });
  report(type, soak);
  return soak.faults.length;
}

function report(type: string, { done, faults, steady, switching }: Soak): void {
  const micros = (histogram: LatencyHistogram) =>
    [50, 99, 99.9].map((percent) => `p${percent} ${histogram.percentile(percent)} µs`).join(", ");
  console.log(`${type}: ${done} requests, ${replacements} replacements, ${faults.length} faults`);
  console.log(`  without a switch: ${steady.count} requests, ${micros(steady)}`);
  console.log(`  during a switch:  ${switching.count} requests, ${micros(switching)}`);
  for (const fault of faults.slice(0, 10)) console.log(fault);
}

let faults = 0;
for (const type of types) faults += await run(type);
console.log(`memory at the end: ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB`);
process.exitCode = faults > 0 ? 1 : 0;
