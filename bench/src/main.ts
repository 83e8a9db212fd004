import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Contender } from "./contenders/contender.js";
import { contenders as allContenders, chooseContenders } from "./contenders/contenders.js";
import { type BenchOptions, help, parseOptions } from "./options.js";
import { createReport, hasErrors } from "./report/report.js";
import { summarizeCase } from "./report/summary.js";
import { formatCase, formatWindow } from "./report/table.js";
import { planCases, suiteNames } from "./run/bench-case.js";
import { runBench } from "./run/run-bench.js";
import { ContenderError } from "./run/run-case.js";

const ExitCode = { ok: 0, failed: 1, wrongUsage: 2, interrupted: 130 } as const;

interface Command {
  readonly options: BenchOptions;
  readonly contenders: readonly Contender[];
}

/** Undefined when an option is wrong, which has then been said. */
function readCommand(): Command | undefined {
  try {
    const options = parseOptions(process.argv.slice(2));
    return { options, contenders: chooseContenders(options) };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\nTry --help.`);
    return undefined;
  }
}

/** Gives the exit code. */
async function bench({ options, contenders }: Command): Promise<number> {
  const results = await runBench({
    cases: planCases(options),
    contenders,
    directory: createTemporaryDirectory(),
    onWindow: (progress) => console.error(formatWindow(progress)),
    onCase: (result) => console.log(`\n${formatCase(result.benchCase, summarizeCase(result))}\n`),
  });
  const report = createReport(results);
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  return hasErrors(report) ? ExitCode.failed : ExitCode.ok;
}

/** Removed when the process ends, whichever way. */
function createTemporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "paddlewheel-bench-"));
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function listChoices(): string {
  const suites = suiteNames.map((name) => `  ${name}`);
  const contenders = allContenders.map(
    ({ key, title, suites }) => `  ${key.padEnd(17)} ${title.padEnd(23)} ${suites.join(", ")}`,
  );
  const about = "contenders, the first chosen of a suite is the baseline, and their suites";
  return ["suites", ...suites, about, ...contenders].join("\n");
}

async function main(): Promise<number> {
  const command = readCommand();
  if (!command) return ExitCode.wrongUsage;
  const { isHelp, isList } = command.options;
  if (!isHelp && !isList) return bench(command);
  console.log(isHelp ? help : listChoices());
  return ExitCode.ok;
}

/** What a contender does wrong needs no stack of ours. */
function describeFailure(error: unknown): number {
  console.error(error instanceof ContenderError ? error.message : error);
  return ExitCode.failed;
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => process.exit(ExitCode.interrupted));
}
process.exitCode = await main().catch(describeFailure);
