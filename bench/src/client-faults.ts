// What callers of the SDK notice of faults: `node bench/dist/client-faults.js --fault kill --protocol baidu_std`. Three servers
// are called at a fixed rate, first without the fault and then under it; every answer is checked. The exit code is 1 when
// a promise is broken. `--seconds 120` is the full size.
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { protocols } from "@paddlewheel/client";
import { type FaultPlan, faults } from "./client-faults/faults.js";
import { playLatencyShares } from "./client-faults/latency-shares.js";
import { openScene, type Scene } from "./client-faults/scene.js";
import type { LoadPhase } from "./client-faults/sdk-load.js";
import { benchModels } from "./models/bench-model.js";
import { prepareModel } from "./models/prepared-model.js";

/** Part of the time in which there is no fault. */
const quietShare = 1 / 4;

const { values } = parseArgs({
  options: {
    fault: { type: "string", default: "kill" },
    protocol: { type: "string", default: "baidu_std" },
    seconds: { type: "string", default: "20" },
    rate: { type: "string", default: "500" },
  },
});
const plan = faults[values.fault];
if (!plan && values.fault !== "la") {
  throw new RangeError(`--fault: is one of ${Object.keys(faults).join(", ")}, la`);
}
const protocol = protocols.find((known) => known === values.protocol);
if (!protocol) throw new RangeError(`--protocol: is one of ${protocols.join(", ")}`);
const seconds = Number(values.seconds);
const rate = Number(values.rate);

/** Gives the promises that were broken. */
async function playFault(scene: Scene, { play, judge }: FaultPlan): Promise<readonly string[]> {
  const { engine, load } = scene;
  const without = await load.run(engine, seconds * quietShare);
  const [under, times] = await Promise.all([load.run(engine, seconds), play(scene, seconds)]);
  console.log(`  ${times} times`);
  console.log(lineOf("  without:", without));
  console.log(lineOf("  under:  ", under));
  for (const sample of under.failures.samples) console.log(`  ${sample}`);
  return judge({ without, under }).filter((promise) => promise !== undefined);
}

function lineOf(what: string, { calls, failures, attempts, unpaid, latencies }: LoadPhase): string {
  const ms = [50, 99, 99.9].map(
    (percent) => `p${percent} ${(latencies.percentile(percent) / 1000).toFixed(1)} ms`,
  );
  const extra = `${attempts.retry} retries (${unpaid.retry} without budget), ${attempts.hedge} hedges (${unpaid.hedge})`;
  return `${what} ${calls} calls, ${failures.count} failed, ${extra}; ${ms.join(", ")}`;
}

const directory = await mkdtemp(join(tmpdir(), "client-faults-"));
try {
  const workload = await prepareModel(benchModels.linear, directory);
  const { isBehindProxy, isHedged } = plan ?? { isBehindProxy: true, isHedged: false };
  const loadBalancer = plan ? undefined : "la";
  const scene = await openScene({ workload, protocol, rate, isBehindProxy, isHedged, loadBalancer });
  try {
    // Code that has run before is what is measured.
    await scene.load.run(scene.engine, 1);
    console.log(`${protocol}, ${values.fault}, ${seconds} s at ${rate}/s`);
    const broken = await (plan ? playFault(scene, plan) : playLatencyShares(scene, seconds));
    for (const promise of broken) console.log(`  broken: ${promise}`);
    console.log(`  load of the machine: ${loadavg()[0]?.toFixed(1)}`);
    process.exitCode = broken.length > 0 ? 1 : 0;
  } finally {
    await scene.close();
  }
} finally {
  await rm(directory, { recursive: true });
}
