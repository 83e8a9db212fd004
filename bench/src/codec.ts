// What reading and writing one image tensor costs, beside the same through protobufjs: `node bench/dist/codec.js`.
// Each side runs in a process of its own: the arrays of one would decide when the other's buffers are collected, and
// a fresh buffer can cost ten times more to page in than to fill. The first row is what such a buffer costs by itself.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  type GeneralRequest,
  type GeneralTensor,
  generalModelServiceDescriptor,
  generalRequestCodec,
  generalResponseCodec,
} from "@paddlewheel/wire";
import protobuf from "protobufjs";
import { commandMalloc } from "./measure/command-start.js";

/** 3 x 224 x 224: the input of most image models, 602 KB of float32. */
const shape = [1, 3, 224, 224];
const elementCount = 150_528;
const rounds = 9;
/** Long enough that the clock's resolution and one collection do not show. */
const roundMs = 60;

interface Contest {
  readonly name: string;
  readonly ours: () => unknown;
  readonly baseline?: () => unknown;
}

type Side = "ours" | "baseline";

const root = protobuf.Root.fromJSON(generalModelServiceDescriptor);
const requestType = root.lookupType(generalRequestCodec.typeName);
const responseType = root.lookupType(generalResponseCodec.typeName);

const pixels = Float32Array.from({ length: elementCount }, (_, i) => Math.fround(Math.sin(i)));
const floats: GeneralTensor = { name: "image", aliasName: "image", dtype: "float32", shape, data: pixels };
const floatRequest = generalRequestCodec.encode(requestOf(floats));
const contentRequest = requestType
  .encode(
    requestType.fromObject({
      tensor: [{ tensor_content: new Uint8Array(pixels.buffer), elem_type: 1, shape, name: "image" }],
      fetch_var_names: ["score"],
    }),
  )
  .finish();
const jsonRequest = generalRequestCodec.encodeJson(requestOf(floats));
const response = {
  outputs: [{ tensors: [floats], engineName: "general_infer_0" }],
  profileTime: [],
  profileServer: false,
  logId: 0n,
  errNo: 0,
  errMsg: "",
};
const responseObject = responseType.decode(generalResponseCodec.encode(response));

const contests: readonly Contest[] = [
  { name: "copy to a new buffer", ours: () => new Uint8Array(floatRequest) },
  decodingFloats("aligned", withAlignment(floatRequest, true)),
  decodingFloats("not aligned", withAlignment(floatRequest, false)),
  decodingContent("aligned", withAlignment(contentRequest, true)),
  decodingContent("not aligned", withAlignment(contentRequest, false)),
  {
    name: "encode response (float_data)",
    ours: () => generalResponseCodec.encode(response),
    baseline: () => responseType.encode(responseObject).finish(),
  },
  {
    name: "decode JSON",
    ours: () => generalRequestCodec.decodeJson(jsonRequest),
    baseline: () => requestType.fromObject(JSON.parse(jsonRequest)),
  },
];

function requestOf(tensor: GeneralTensor): GeneralRequest {
  return { tensors: [tensor], fetchVarNames: ["score"], profileServer: false, logId: 0n };
}

/** The wire's list of floats becomes a Float32Array on both sides. */
function decodingFloats(where: string, bytes: Uint8Array): Contest {
  return {
    name: `decode packed float_data, ${where}`,
    ours: () => generalRequestCodec.decode(bytes),
    baseline: () => Float32Array.from(baselineTensor(bytes).float_data),
  };
}

function decodingContent(where: string, bytes: Uint8Array): Contest {
  return {
    name: `decode tensor_content, ${where}`,
    ours: () => generalRequestCodec.decode(bytes),
    baseline() {
      const { buffer, byteOffset, byteLength } = baselineTensor(bytes).tensor_content;
      const isAligned = byteOffset % 4 === 0;
      return isAligned
        ? new Float32Array(buffer, byteOffset, byteLength / 4)
        : new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
    },
  };
}

function baselineTensor(bytes: Uint8Array): { float_data: number[]; tensor_content: Uint8Array } {
  const { tensor } = requestType.decode(bytes) as unknown as { tensor: [ReturnType<typeof baselineTensor>] };
  return tensor[0];
}

/** The same bytes where their floats lie at a multiple of 4, and can be viewed in place, or do not. */
function withAlignment(bytes: Uint8Array, isAligned: boolean): Uint8Array {
  const buffer = new ArrayBuffer(bytes.length + 3);
  for (let offset = 0; offset < 4; offset++) {
    const view = new Uint8Array(buffer, offset, bytes.length);
    view.set(bytes);
    const data = generalRequestCodec.decode(view).tensors[0]?.data;
    const isView = ArrayBuffer.isView(data) && data.buffer === buffer;
    if (isView === isAligned) return view;
  }
  throw new Error("no such alignment");
}

/** Median microseconds of both sides, their rounds in turn: a busy neighbour then slows both. */
async function measure({ name, baseline }: Contest): Promise<string[]> {
  const sides: Side[] = baseline ? ["ours", "baseline"] : ["ours"];
  // Both sides as the command sets up malloc.
  const env = { ...process.env, ...commandMalloc };
  const runners = sides.map((side) => fork(fileURLToPath(import.meta.url), [name, side], { env }));
  const times: number[][] = runners.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [side, runner] of runners.entries()) {
      runner.send("run");
      const [us] = (await once(runner, "message")) as [number];
      if (round >= 0) times[side]?.push(us);
    }
  }
  for (const runner of runners) runner.disconnect();
  const [us = 0, baselineUs] = times.map(median);
  const beside = baselineUs ? [baselineUs.toFixed(1), (us / baselineUs).toFixed(3)] : ["", ""];
  return [name, us.toFixed(1), ...beside];
}

/** A process that runs one round of its side for each message. */
function serveRounds(name: string, side: Side): void {
  const run = contests.find((contest) => contest.name === name)?.[side];
  if (!run) throw new Error(`no contest "${name}" with a side "${side}"`);
  process.on("message", () => process.send?.(runFor(roundMs, run)));
}

/** Microseconds of one call. */
function runFor(ms: number, call: () => unknown): number {
  const start = performance.now();
  let calls = 0;
  do {
    call();
    calls++;
  } while (performance.now() - start < ms);
  return ((performance.now() - start) / calls) * 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function printTable(rows: readonly (readonly string[])[]): void {
  for (const [name = "", ...numbers] of rows) {
    console.log([name.padEnd(40), ...numbers.map((number) => number.padStart(14))].join(""));
  }
}

const [name, side] = process.argv.slice(2);
if (name && (side === "ours" || side === "baseline")) {
  serveRounds(name, side);
} else {
  const rows = [["602 KB of float32", "µs", "protobufjs µs", "ratio"]];
  for (const contest of contests) rows.push(await measure(contest));
  printTable(rows);
}
