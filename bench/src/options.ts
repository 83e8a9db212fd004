import { parseArgs } from "node:util";
import { type ProtocolName, protocolNames } from "./contenders/contender.js";
import { type CaseOptions, suiteNames } from "./run/bench-case.js";

export interface BenchOptions extends CaseOptions {
  /** Keys of the contenders to run; all when empty. */
  readonly contenders: readonly string[];
  /** Those to call servers by, and to compare clients of; all when empty. */
  readonly protocols: readonly ProtocolName[];
  /** File for the JSON report. */
  readonly json: string | undefined;
  readonly isList: boolean;
  readonly isHelp: boolean;
}

export const help = `Usage: npm run bench -- [options]

Compares servers that answer the same requests, each in a process of its own, by turns over several rounds.
Without options: all suites, about 20 minutes. What the figures mean: bench/README.md

  --suite NAME       linear, mlp, resnet50, echo, image or client; may be given several times (all)
  --contender KEY    one of --list; may be given several times; the first in the list's order is the baseline (all but
                     pool-alone and pool)
  --protocol NAME    grpc or baidu_std; may be given several times; leaves out who speaks another or has no network, but
                     never the baseline grpc-js (all)
  --rounds N         rounds per case (5; resnet50 3)
  --seconds S        length of a measured window (3; resnet50 10)
  --warmup S         load before each window that is not measured (1; resnet50 40)
  --in-flight N      calls in flight, in place of the suite's own
  --connections N    connections they are spread over (8; client 1; at most one per call in flight)
  --quick            one short round of each, about 3 minutes: shows that all works, not how fast
  --json FILE        writes all figures to a file
  --list             names suites and contenders
  --help             this text

Exit code: 0, 1 when any answer was wrong or missing, 2 when an option is wrong.
`;

/**
 * Reads the command line.
 * @throws TypeError or RangeError that names the option.
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      suite: { type: "string", multiple: true },
      contender: { type: "string", multiple: true },
      protocol: { type: "string", multiple: true },
      rounds: { type: "string" },
      seconds: { type: "string" },
      warmup: { type: "string" },
      "in-flight": { type: "string" },
      connections: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    suites: values.suite?.map((name) => parseChoice("suite", name, suiteNames)) ?? suiteNames,
    contenders: values.contender ?? [],
    protocols: values.protocol?.map((name) => parseChoice("protocol", name, protocolNames)) ?? [],
    rounds: parseNumber("--rounds", values.rounds, { min: 1, max: 1000, isWhole: true }),
    seconds: parseNumber("--seconds", values.seconds, { min: 0.1, max: 3600 }),
    warmupSeconds: parseNumber("--warmup", values.warmup, { min: 0, max: 3600 }),
    inFlight: parseNumber("--in-flight", values["in-flight"], { min: 1, max: 10_000, isWhole: true }),
    connections: parseNumber("--connections", values.connections, { min: 1, max: 1000, isWhole: true }),
    isQuick: values.quick,
    json: values.json,
    isList: values.list,
    isHelp: values.help,
  };
}

function parseChoice<T extends string>(option: string, name: string, known: readonly T[]): T {
  const choice = known.find((candidate) => candidate === name);
  if (choice !== undefined) return choice;
  throw new RangeError(`--${option}: there is no ${option} "${name}", only ${known.join(", ")}`);
}

interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly isWhole?: boolean;
}

function parseNumber(option: string, text: string | undefined, range: NumberRange): number | undefined {
  if (text === undefined) return undefined;
  const value = text.trim() === "" ? Number.NaN : Number(text);
  const { min, max, isWhole = false } = range;
  if (!(value >= min && value <= max) || (isWhole && !Number.isInteger(value))) {
    throw new RangeError(
      `${option}: "${text}" is not a ${isWhole ? "whole " : ""}number from ${min} to ${max}`,
    );
  }
  return value;
}
