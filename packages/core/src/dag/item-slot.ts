import type { Call } from "../call.js";
import { type CallSpan, SpanKind } from "../observe/call-trace.js";
import { errorAttributes } from "../observe/error-attributes.js";
import { Bus } from "../op/bus.js";
import { Channel } from "../op/channel.js";
import type { ServeError } from "../serve-error.js";
import type { NodeRunner, OnRunEnd } from "./node-runner.js";

/** What the run of one item reads and writes. */
export interface ItemRun {
  readonly inputs: Bus;
  readonly output: Channel;
  readonly onEnd: OnRunEnd;
}

export interface ItemSlotOptions {
  /** Name of the node. */
  readonly name: string;
  /** Name of the dependency that the item replaces. */
  readonly dependency: string;
  /** The channels of the DagView. */
  readonly bus: Bus;
  readonly createRunner: (run: ItemRun) => NodeRunner;
  readonly onEnd: (slot: ItemSlot, error: ServeError | undefined) => void;
}

/** One item to run, and its place among the others. */
export interface MapItem {
  readonly index: number;
  readonly value: unknown;
  readonly call: Call;
  /** Of the node. */
  readonly span: CallSpan | undefined;
  readonly failure: ServeError | undefined;
}

/** Where one item of a map at a time is at work: its Op sees the item in place of the dependency. */
export class ItemSlot {
  readonly #name: string;
  readonly #item: Channel<unknown>;
  readonly #output: Channel<unknown>;
  readonly #runner: NodeRunner;
  #running: MapItem | undefined;
  #span: CallSpan | undefined;

  constructor({ name, dependency, bus, createRunner, onEnd }: ItemSlotOptions) {
    this.#name = name;
    this.#item = new Channel(0, dependency);
    this.#output = new Channel(0, name);
    const inputs = new Bus(bus);
    inputs.register(this.#item);
    this.#runner = createRunner({
      inputs,
      output: this.#output,
      onEnd: (error) => {
        this.#endSpan(error);
        onEnd(this, error);
      },
    });
  }

  /** Index of the item. */
  get index(): number {
    return this.#running?.index ?? -1;
  }

  /** What the ended run gave; undefined when it gave nothing. */
  get output(): unknown {
    return this.#output.peek();
  }

  start(item: MapItem): void {
    const { call, span, value, failure } = item;
    this.#running = item;
    this.#item.data = value;
    this.#span = call.trace?.begin({
      kind: SpanKind.node,
      name: this.#name,
      parent: span,
      startedAt: call.clock.now(),
    });
    this.#runner.start(call, this.#span, failure);
  }

  /** Lets go of the ended run. */
  release(): void {
    this.#runner.release();
    this.#item.clear();
    this.#output.clear();
    this.#running = undefined;
    this.#span = undefined;
  }

  #endSpan(error: ServeError | undefined): void {
    if (!this.#span || !this.#running) return;
    const { call, index } = this.#running;
    call.trace?.end(this.#span, call.clock.now(), { item: index, ...errorAttributes(error) });
  }
}
