// What the framework itself costs: one request through a service of five echo Ops, in process, without network or
// model: `node --expose-gc bench/dist/dag.js`. The baseline is five awaited functions that do the same by hand. Metrics
// are on. `--soak` sends a million requests instead and tells what memory they leave behind.
import {
  Call,
  createInferService,
  defaultMerger,
  type InferService,
  type NodeConf,
  type OpClass,
  type OpEnvironment,
  OpRegistry,
  OpWithChannel,
  opTypeName,
  silentLogger,
  systemClock,
  Workflow,
  WorkflowType,
} from "@paddlewheel/core";
import { PromMetrics } from "@paddlewheel/server";
import { spreadOf } from "./measure/statistics.js";

const rounds = 15;
/** Long enough that the clock's resolution and one collection do not show. */
const requestsPerRound = 20_000;
const soakRequests = 1_000_000;

type Send = () => Promise<unknown>;

/** Gives what its first dependency gave. */
class EchoOp extends OpWithChannel<unknown> {
  inference(): void {
    echo(this);
  }
}

class AsyncEchoOp extends OpWithChannel<unknown> {
  async inference(): Promise<void> {
    echo(this);
  }
}

function echo(op: OpWithChannel<unknown>): void {
  const [first] = op.preNames;
  op.output = first === undefined ? op.requestMessage() : op.dependArgument<unknown>(first);
}

const environment: OpEnvironment = {
  inferManager: {
    has: () => false,
    engine: () => {
      throw new Error("no engine");
    },
    infer: () => Promise.reject(new Error("no engine")),
  },
  metrics: new PromMetrics(),
  logger: silentLogger,
  clock: systemClock,
};

/** A diamond: read, three Ops on what it gives, and one that reads all three. */
const shape: Readonly<Record<string, readonly string[]>> = {
  read: [],
  left: ["read"],
  middle: ["read"],
  right: ["read"],
  join: ["left", "middle", "right"],
};

function createService(opClass: OpClass, workflowType: WorkflowType): InferService {
  const type = opTypeName(opClass);
  const nodes = Object.entries(shape).map(([name, reads]): NodeConf => {
    const dependencies = reads.map((read) => ({ name: read, mode: "RO" }));
    return { name, type, dependencies, address: [], config: {} };
  });
  const ops = new OpRegistry().register(opClass);
  const workflow = new Workflow({ name: `${type}-${workflowType}`, workflowType, nodes }, ops);
  const conf = {
    name: "EchoService",
    merger: "default",
    workflows: [workflow.name],
    workflowMap: undefined,
    isParallel: false,
    webService: undefined,
  };
  const workflows = new Map([[workflow.name, workflow]]);
  return createInferService({ conf, workflows, merger: defaultMerger, environment });
}

function sendTo(service: InferService): Send {
  const request = {};
  return async () => {
    const call = new Call({ service: "EchoService", method: "inference" });
    const response = await service.inference(request, call);
    call.finish();
    return response;
  };
}

async function echoByHand(value: unknown): Promise<unknown> {
  return value;
}

/** The same diamond as somebody writes it without a framework. */
async function sendByHand(): Promise<unknown> {
  const read = await echoByHand({});
  const [left] = await Promise.all([echoByHand(read), echoByHand(read), echoByHand(read)]);
  return echoByHand(left);
}

/** Microseconds of CPU of one request. */
async function runRound(send: Send): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < requestsPerRound; i++) await send();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / requestsPerRound;
}

/** Contenders take turns: a busy neighbour then slows all of them. */
async function measure(contenders: Readonly<Record<string, Send>>): Promise<void> {
  const times = new Map<string, number[]>();
  for (let round = -2; round < rounds; round++) {
    for (const [name, send] of Object.entries(contenders)) {
      const us = await runRound(send);
      if (round >= 0) times.set(name, [...(times.get(name) ?? []), us]);
    }
  }
  console.log(`${"five Ops".padEnd(28)}${"CPU µs/request".padStart(16)}   [least–most of ${rounds} rounds]`);
  for (const [name, values] of times) {
    const { median, min, max } = spreadOf(values);
    console.log(
      `${name.padEnd(28)}${median.toFixed(2).padStart(16)}   [${min.toFixed(2)}–${max.toFixed(2)}]`,
    );
  }
}

async function soak(send: Send): Promise<void> {
  const step = soakRequests / 10;
  for (let sent = 0; sent <= soakRequests; sent += step) {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    const [heapMb, rssMb] = [heapUsed, rss].map((bytes) => (bytes / 1024 ** 2).toFixed(1));
    console.log(`${String(sent).padStart(8)} requests   heap ${heapMb} MB   RSS ${rssMb} MB`);
    for (let i = 0; i < step; i++) await send();
  }
}

const { sequence, parallel } = WorkflowType;
if (process.argv.includes("--soak")) {
  await soak(sendTo(createService(AsyncEchoOp, parallel)));
} else {
  await measure({
    "by hand, async functions": sendByHand,
    "Sequence, sync Ops": sendTo(createService(EchoOp, sequence)),
    "Parallel, sync Ops": sendTo(createService(EchoOp, parallel)),
    "Sequence, async Ops": sendTo(createService(AsyncEchoOp, sequence)),
    "Parallel, async Ops": sendTo(createService(AsyncEchoOp, parallel)),
  });
}
