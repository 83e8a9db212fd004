import { performance } from "node:perf_hooks";
import { GraphBuilder } from "@paddlewheel/onnx";
import type { WireClient } from "./clients.js";
import type { RequestMessage } from "./proto-messages.js";
import { tensorMessage } from "./tensor-values.js";

const width = 256;

/**
 * Gives back x, float32 [N, 256], after multiplying it by the unit matrix `rounds` times: as slow as one likes, and an
 * answer tells whose it is. `rounds` is a feed, an int64 scalar, unless it is fixed here; then loading is slow too, as
 * models are run when they are warmed up.
 */
export function slowModel(fixedRounds?: number): Uint8Array {
  const graph = new GraphBuilder({ name: "slow" });
  const x = graph.input("x", { dtype: "float32", shape: ["N", width] });
  const rounds =
    fixedRounds === undefined
      ? graph.input("rounds", { dtype: "int64", shape: [] })
      : graph.initializer("rounds", { shape: [], data: BigInt64Array.of(BigInt(fixedRounds)) });
  graph.initializer("unit", { shape: [width, width], data: unitMatrix() });
  const attributes = { body: { graph: roundBody(graph) } };
  graph.node("Loop", [rounds, "", x], attributes, { outputs: ["y"] });
  graph.output("y", { dtype: "float32", shape: ["N", width] });
  return graph.build();
}

function roundBody(outer: GraphBuilder): GraphBuilder {
  const body = new GraphBuilder({ name: "round", outer });
  body.input("round_number", { dtype: "int64", shape: [] });
  const isGoingOn = body.input("is_going_on", { dtype: "bool", shape: [] });
  const before = body.input("before", { dtype: "float32", shape: ["N", width] });
  body.output(body.identity(isGoingOn), { dtype: "bool", shape: [] });
  body.output(body.matMul(before, "unit"), { dtype: "float32", shape: ["N", width] });
  return body;
}

function unitMatrix(): Float32Array {
  const matrix = new Float32Array(width * width);
  for (let i = 0; i < width; i++) matrix[i * width + i] = 1;
  return matrix;
}

/** One row whose first element is `id`, which comes back. */
export function slowRequest(rounds: number, id: number): RequestMessage {
  const values = new Array<number>(width).fill(0);
  values[0] = id;
  return {
    tensor: [
      tensorMessage("float32", { name: "x", shape: [1, width], values }),
      tensorMessage("int64", { name: "rounds", shape: [], values: [String(rounds)] }),
    ],
  };
}

/** How many rounds take about `ms` on this machine now. */
export async function roundsFor(ms: number, client: WireClient): Promise<number> {
  const probe = 2000;
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const startedAt = performance.now();
    await client.send(client.encode(slowRequest(probe, i)));
    times.push(performance.now() - startedAt);
  }
  return Math.ceil((ms / Math.min(...times)) * probe);
}
