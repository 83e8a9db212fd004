import type { TensorMap } from "@paddlewheel/core";
import type { RunSpans } from "../run/run-spans.js";
import { countRows } from "./batch-layout.js";
import { type Allocate, cutRows, mergeRows } from "./merge-rows.js";
import type { BatchPolicy } from "./plan-batch.js";
import type { RequestPart } from "./request-run.js";
import type { RunAhead } from "./runs-ahead.js";
import { checkRows, splitRows } from "./split-rows.js";

/** What a run takes. */
export interface BatchInputs {
  readonly inputs: TensorMap;
  /** Whether the inputs were made for this run and may be given away, or belong to a caller. */
  readonly isOwned: boolean;
}

/** One run of the model. */
export interface Batch extends BatchInputs {
  /** Of the requests in it that somebody wants to see. */
  readonly spans: readonly RunSpans[];
  /**
   * Told how many milliseconds the model took. The way there and back is left out: it grows with the load of this
   * thread, and counted in it would refuse requests that the model has time for.
   */
  readonly onRan: (ms: number) => void;
  /** Of a run that is handed over while no copy is free, to begin when one of those under way ends. */
  readonly ahead: RunAhead | undefined;
}

/** The requests of one run of the model, of which there is at least one: what they give it, and what each gets of it. */
export class BatchRun {
  readonly parts: readonly RequestPart[];
  /** Of those requests that somebody wants to see; most often there is none. */
  readonly spans: readonly RunSpans[];
  readonly #policy: BatchPolicy;

  constructor(parts: readonly RequestPart[], policy: BatchPolicy) {
    this.parts = parts;
    this.spans = spansOf(parts);
    this.#policy = policy;
  }

  /** What the model is given. */
  inputs(allocate: Allocate = newMemory): BatchInputs {
    const { layout, padValue } = this.#policy;
    const { parts } = this;
    const [first] = parts;
    if (!first) throw new Error("a batch has at least one request");
    if (!layout) return { inputs: first.inputs, isOwned: false };
    if (parts.length > 1) return { inputs: mergeRows(parts, { layout, padValue, allocate }), isOwned: true };
    return { inputs: first.isPartial ? cutRows(first, layout) : first.inputs, isOwned: false };
  }

  /** The model begins: tells who waits no longer, and `waited` how many milliseconds each did. */
  begin(now: number, waited: (ms: number) => void): void {
    for (const { request, spans } of this.parts) {
      if (!request.hasStarted) waited(now - request.since);
      request.hasStarted = true;
      request.spans?.endWait(now);
      if (this.parts.length > 1) spans?.beginBatch(now);
    }
  }

  /**
   * Gives each request its rows of what the model gave; who ran alone gets all of it.
   * @throws Error when an output has not one row for each row of the inputs.
   */
  answer(outputs: TensorMap, now: number): void {
    const answers = this.#answersOf(outputs);
    this.end(now, true);
    for (let i = 0; i < this.parts.length; i++) {
      this.parts[i]?.complete(answers[i] ?? outputs, this.#policy.layout);
    }
  }

  /** Closes the spans of a run that is over. */
  end(now: number, isDone: boolean): void {
    const { parts, spans } = this;
    if (parts.length === 1 || spans.length === 0) return;
    const facts = { rows: countRows(parts), requests: parts.length, isDone };
    for (const one of spans) one.endBatch(now, facts);
  }

  #answersOf(outputs: TensorMap): readonly TensorMap[] {
    const { layout, padValue } = this.#policy;
    const { parts } = this;
    if (!layout) return [outputs];
    if (parts.length > 1) return splitRows(outputs, parts, { layout, padValue });
    if (parts[0]?.isPartial) checkRows(outputs, countRows(parts), layout);
    return [outputs];
  }
}

const noSpans: readonly RunSpans[] = [];

function spansOf(parts: readonly RequestPart[]): readonly RunSpans[] {
  if (!parts.some(({ spans }) => spans)) return noSpans;
  return parts.flatMap(({ spans }) => spans ?? noSpans);
}

function newMemory(byteLength: number): ArrayBuffer {
  return new ArrayBuffer(byteLength);
}
