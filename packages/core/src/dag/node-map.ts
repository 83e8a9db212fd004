import type { Call } from "../call.js";
import type { CallSpan } from "../observe/call-trace.js";
import type { Bus } from "../op/bus.js";
import type { Channel } from "../op/channel.js";
import { ServeError } from "../serve-error.js";
import { gatherOutputs } from "./gather-outputs.js";
import { type ItemRun, ItemSlot } from "./item-slot.js";
import { type MapItems, mapItems } from "./map-items.js";
import type { MapSource } from "./map-source.js";
import type { NodePlace, NodeRunner, OnRunEnd } from "./node-runner.js";

export interface NodeMapOptions {
  readonly place: NodePlace;
  readonly source: MapSource;
  /** Items at work at once. */
  readonly concurrency: number;
  /** The channels of the DagView. */
  readonly bus: Bus;
  readonly output: Channel;
  readonly createRunner: (run: ItemRun) => NodeRunner;
  readonly onEnd: OnRunEnd;
}

/** A map under way. */
interface Task {
  readonly items: MapItems;
  /** Stops the items at work when one fails. */
  readonly call: Call;
  readonly span: CallSpan | undefined;
  readonly failure: ServeError | undefined;
  readonly outputs: unknown[];
  next: number;
  atWork: number;
  error: ServeError | undefined;
}

/**
 * Runs a node once for each item of a dependency, several at a time, and gathers what the runs give. The first item that
 * fails fails the node: those at work are stopped, and no other starts. A dependency without output is no item at all:
 * the node gives no output either.
 */
export class NodeMap implements NodeRunner {
  readonly #options: NodeMapOptions;
  readonly #idle: ItemSlot[] = [];
  #slots = 0;
  #task: Task | undefined;
  #isFilling = false;

  constructor(options: NodeMapOptions) {
    this.#options = options;
    this.#idle.push(this.#createSlot());
  }

  start(call: Call, span?: CallSpan, failure?: ServeError): void {
    const { bus, source, onEnd } = this.#options;
    const given = bus.channel(source.dependency).peek();
    if (given === undefined) {
      onEnd(undefined);
      return;
    }
    try {
      const items = mapItems(given, source);
      const outputs = new Array<unknown>(items.count).fill(undefined);
      const state = { next: 0, atWork: 0, error: undefined };
      this.#task = { items, call: call.child(), span, failure, outputs, ...state };
    } catch (error) {
      onEnd(this.#placed(error));
      return;
    }
    this.#fill();
  }

  /** Each item was let go of as it ended. */
  release(): void {}

  /** Starts items as long as there are slots. Items may end at once: a loop keeps the stack flat. */
  #fill(): void {
    const task = this.#task;
    if (!task || this.#isFilling) return;
    this.#isFilling = true;
    while (!task.error && task.next < task.items.count) {
      const slot = this.#takeSlot();
      if (!slot) break;
      this.#startItem(task, slot);
    }
    this.#isFilling = false;
    if (task.atWork === 0) this.#end(task);
  }

  #takeSlot(): ItemSlot | undefined {
    const idle = this.#idle.pop();
    return idle ?? (this.#slots < this.#options.concurrency ? this.#createSlot() : undefined);
  }

  #createSlot(): ItemSlot {
    const { bus, source, place, createRunner } = this.#options;
    this.#slots++;
    return new ItemSlot({
      name: place.node,
      dependency: source.dependency,
      bus,
      createRunner,
      onEnd: (slot, error) => this.#itemEnded(slot, error),
    });
  }

  #startItem(task: Task, slot: ItemSlot): void {
    const { call, span, failure } = task;
    const index = task.next++;
    task.atWork++;
    slot.start({ index, value: task.items.item(index), call, span, failure });
  }

  #itemEnded(slot: ItemSlot, error: ServeError | undefined): void {
    const task = this.#task;
    if (!task) return;
    const { index } = slot;
    task.outputs[index] = slot.output;
    slot.release();
    this.#idle.push(slot);
    task.atWork--;
    if (error && !task.error) {
      task.error = task.call.stopReason ?? this.#ofItem(error, index);
      task.call.cancel("another item of the map has failed");
    }
    this.#fill();
  }

  #end(task: Task): void {
    const { output, onEnd } = this.#options;
    this.#task = undefined;
    task.call.finish();
    let { error } = task;
    try {
      const gathered = error ? undefined : gatherOutputs(task.outputs, task.items);
      if (gathered !== undefined) output.data = gathered;
    } catch (thrown) {
      error = this.#placed(thrown);
    }
    onEnd(error);
  }

  #placed(thrown: unknown): ServeError {
    return ServeError.from(thrown).withDetails(this.#options.place);
  }

  #ofItem(error: ServeError, index: number): ServeError {
    const { dependency, field } = this.#options.source;
    const list = field === undefined ? dependency : `${dependency}.${field}`;
    const details = { ...error.details, item: String(index) };
    return new ServeError(error.code, `item ${index} of "${list}": ${error.message}`, {
      cause: error,
      details,
    });
  }
}
