// What copies of a model cost, prepared and not: `node bench/dist/memory.js [linear|mlp|resnet50]`. Each figure is the
// median of three servers, each in a process of its own; the one that prepares the model is started once. `--rounds N` also
// loads and unloads the model N times in one process.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { linearModel, mlpModel, resnet50Model } from "@paddlewheel/onnx";
import { commandFlags, commandMalloc } from "./measure/command-start.js";
import { median } from "./measure/statistics.js";
import type { MemoryJob, MemoryRound } from "./memory/memory-job.js";
import { formatFigure } from "./report/table.js";

/** What threads cost by themselves, and two models of about 100 MB: all matrix products, and all convolutions. */
const models: Readonly<Record<string, () => Uint8Array>> = {
  linear: () => linearModel({ weights: [1, 2, 3], bias: 4 }),
  mlp: () => mlpModel({ layers: [2048, 6144, 2048], seed: 1 }),
  resnet50: () => resnet50Model({ seed: 1 }),
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "0" } },
});

const folder = await mkdtemp(join(tmpdir(), "bench-memory-"));
try {
  for (const name of positionals.length > 0 ? positionals : Object.keys(models)) await measure(name);
} finally {
  await rm(folder, { recursive: true });
}

async function measure(name: string): Promise<void> {
  const build = models[name];
  if (!build) throw new Error(`there is no model "${name}": ${Object.keys(models).join(", ")}`);
  const [modelDir, cacheDir] = [join(folder, name), join(folder, `${name}-cache`)];
  await mkdir(modelDir);
  await writeFile(join(modelDir, "model.onnx"), build());
  process.stdout.write(`${name}\n${"start".padEnd(28)}ready ms  anonymous MB  resident MB\n`);
  const plain = { modelDir, rounds: 1 };
  for (const threads of [1, 4])
    report(`original, ${threads} workers`, await runThrice({ ...plain, threads }));
  report("first prepared, 4 workers", await run({ ...plain, cacheDir, threads: 4 }));
  for (const threads of [1, 4]) {
    report(`prepared, ${threads} workers`, await runThrice({ ...plain, cacheDir, threads }));
  }
  const rounds = Number(values.rounds);
  if (rounds === 0) return;
  const all = await run({ modelDir, cacheDir, threads: 2, rounds });
  for (const round of [1, 5, 10, 20, 30, 40, 50].filter((n) => n <= rounds)) {
    report(`load ${round}, 2 workers`, all.slice(round - 1, round));
  }
}

/** Medians of `rounds`. */
function report(title: string, rounds: readonly MemoryRound[]): void {
  const ready = formatFigure(median(rounds.map(({ readyMs }) => readyMs)));
  const anonymous = formatFigure(median(rounds.map(({ anonymousBytes }) => anonymousBytes)) / 1e6);
  const resident = formatFigure(median(rounds.map(({ residentBytes }) => residentBytes)) / 1e6);
  process.stdout.write(
    `${title.padEnd(28)}${ready.padStart(8)}${anonymous.padStart(14)}${resident.padStart(13)}\n`,
  );
}

async function runThrice(job: MemoryJob): Promise<readonly MemoryRound[]> {
  const rounds: MemoryRound[] = [];
  for (let i = 0; i < 3; i++) rounds.push(...(await run(job)));
  return rounds;
}

async function run(job: MemoryJob): Promise<readonly MemoryRound[]> {
  const file = fileURLToPath(new URL("memory/memory-process.js", import.meta.url));
  // As the command starts.
  const argv = [...commandFlags, "--expose-gc", file, JSON.stringify(job)];
  const env = { ...process.env, ...commandMalloc };
  const { stdout } = await promisify(execFile)(process.execPath, argv, { env });
  return JSON.parse(stdout) as MemoryRound[];
}
