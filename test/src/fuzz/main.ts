import { parseArgs } from "node:util";
import { type FuzzReport, fuzz, fuzzedProtocols } from "./fuzz.js";
import type { FuzzedProtocol } from "./fuzzed-protocol.js";

const { values } = parseArgs({
  options: {
    protocol: { type: "string", default: "all" },
    frames: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    staying: { type: "string", default: "20" },
  },
});

function chosen(name: string): readonly FuzzedProtocol[] {
  if (name === "all") return Object.values(fuzzedProtocols);
  const one = fuzzedProtocols[name];
  if (!one)
    throw new Error(`--protocol is "${name}", must be all, ${Object.keys(fuzzedProtocols).join(", ")}`);
  return [one];
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

function print(name: string, report: FuzzReport): void {
  const { malformed, connections, seconds, good, slowestMs } = report;
  console.log(
    `${name}: ${malformed} malformed frames over ${connections} connections in ${seconds.toFixed(1)} s, seed ${values.seed}`,
  );
  console.log(`  ${good} good requests answered meanwhile, the slowest after ${slowestMs.toFixed(0)} ms`);
  console.log(`  memory in use ${megabytes(report.inUse)} and ${megabytes(report.growth)} more at the end`);
  console.log(
    `  resident ${megabytes(report.resident)} and ${megabytes(report.residentGrowth)} more at the end`,
  );
}

for (const protocol of chosen(values.protocol)) {
  const [frames, seed, staying] = [Number(values.frames), Number(values.seed), Number(values.staying)];
  print(protocol.name, await fuzz({ protocol, frames, seed, staying }));
}
