// What callers of the SDK notice of faults: `node bench/dist/client-faults.js --fault kill --protocol baidu_std`. Three servers are
// called at a fixed rate, first without the fault and then under it; every answer is checked. The exit code is 1 when a
// promise is broken. `--seconds 120` is the full size.
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createCallEngine, createCluster, createHostTransport, protocols } from "@paddlewheel/client";
import { FaultProxy } from "./client-faults/fault-proxy.js";
import { type FaultPlan, faults, type Phases } from "./client-faults/faults.js";
import { type LoadPhase, SdkLoad } from "./client-faults/sdk-load.js";
import { ServerFleet } from "./client-faults/server-fleet.js";
import { benchModels } from "./models/bench-model.js";
import { type PreparedModel, prepareModel } from "./models/prepared-model.js";

const serverCount = 3;
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
if (!plan) throw new RangeError(`--fault: is one of ${Object.keys(faults).join(", ")}`);
const protocol = protocols.find((known) => known === values.protocol);
if (!protocol) throw new RangeError(`--protocol: is one of ${protocols.join(", ")}`);

async function measure(
  workload: PreparedModel,
  { isBehindProxy, isHedged, play }: FaultPlan,
): Promise<Phases & Played> {
  const fleet = await ServerFleet.start(workload, serverCount);
  const [first = 0, ...others] = fleet.ports;
  const proxy = new FaultProxy(first);
  await proxy.start();
  const hosts = [isBehindProxy ? proxy.port : first, ...others].map((port) => `127.0.0.1:${port}`);
  const cluster = createCluster({ naming: `list://${hosts.join(",")}` });
  const load = new SdkLoad({ workload, rate: Number(values.rate) });
  const engine = createCallEngine({
    cluster,
    connect: (address) => createHostTransport(protocol ?? "baidu_std", { address }),
    hedge: isHedged ? { after: "p95" } : undefined,
    observer: load.observer,
  });
  const seconds = Number(values.seconds);
  try {
    await load.run(engine, 1);
    const without = await load.run(engine, seconds * quietShare);
    const [under, times] = await Promise.all([load.run(engine, seconds), play({ fleet, proxy }, seconds)]);
    return { without, under, times };
  } finally {
    engine.close();
    cluster.close();
    proxy.stop();
    await fleet.stop();
  }
}

interface Played {
  /** How often the fault was there. */
  readonly times: number;
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
  const model = await prepareModel(benchModels.linear, directory);
  const { times, ...phases } = await measure(model, plan);
  console.log(`${protocol}, ${values.fault} × ${times}, load ${loadavg()[0]?.toFixed(1)}`);
  console.log(lineOf("  without:", phases.without));
  console.log(lineOf("  under:  ", phases.under));
  for (const sample of phases.under.failures.samples) console.log(`  ${sample}`);
  const missed = plan.judge(phases).filter((promise) => promise !== undefined);
  for (const promise of missed) console.log(`  broken: ${promise}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
} finally {
  await rm(directory, { recursive: true });
}
