import type { Call } from "../call.js";
import type { CallSpan } from "../observe/call-trace.js";
import { Bus } from "../op/bus.js";
import { Channel } from "../op/channel.js";
import type { ServeError } from "../serve-error.js";
import { createOp, placeOf } from "./create-op.js";
import type { OpBlueprint } from "./dag-blueprint.js";
import type { OnRunEnd } from "./node-runner.js";
import { OpRun } from "./op-run.js";
import { startupOp } from "./workflow-conf.js";

/** What one run of an instance gets. */
export interface InstanceRun {
  /** Where its inputs stand as it starts. */
  readonly inputs: Bus;
  readonly call: Call;
  readonly span: CallSpan | undefined;
  readonly failure: ServeError | undefined;
  readonly onEnd: OnRunEnd;
}

/**
 * The Op of a node with channels of its own: it keeps its inputs as they were when it started, and what it writes is
 * nobody's until it is taken over. So it may be left behind at work: whatever it does later meets no other request.
 */
export class OpInstance {
  readonly #bus = new Bus();
  readonly #inputs: readonly Channel[];
  readonly #output: Channel;
  readonly #run: OpRun;
  readonly #keep: (instance: OpInstance) => void;
  /** Undefined when nobody waits for the run, or none is under way. */
  #onEnd: OnRunEnd | undefined;

  constructor(blueprint: OpBlueprint, index: number, keep: (instance: OpInstance) => void) {
    const node = blueprint.plan.nodes[index];
    const names = new Set([startupOp, ...(node?.dependencies.map(({ name }) => name) ?? [])]);
    this.#inputs = [...names].map((name, id) => new Channel(id, name));
    this.#output = new Channel(node?.id ?? 0, node?.name ?? "");
    for (const channel of [...this.#inputs, this.#output]) this.#bus.register(channel);
    const op = createOp(blueprint, index, { bus: this.#bus });
    this.#run = new OpRun({ op, place: placeOf(blueprint, index), onEnd: (error) => this.#ended(error) });
    this.#keep = keep;
  }

  /** What the ended run gave, undefined when it gave nothing; from here on the instance holds no data. */
  takeOutput(): unknown {
    const output = this.#output.peek();
    this.#bus.clear();
    return output;
  }

  start({ inputs, call, span, failure, onEnd }: InstanceRun): void {
    for (const own of this.#inputs) {
      own.data = inputs.channel(own.name).peek();
    }
    this.#onEnd = onEnd;
    this.#run.start(call, span, failure);
  }

  /** Nobody waits for the run any more; the instance is kept again when it ends, if it ever does. */
  abandon(): void {
    this.#onEnd = undefined;
  }

  /** Lets go of the ended run; the instance may serve another. */
  release(): void {
    this.#run.release();
    this.#bus.clear();
    this.#keep(this);
  }

  #ended(error: ServeError | undefined): void {
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    if (onEnd) onEnd(error);
    else this.release();
  }
}

/** Idle instances kept per node; more runs at once than this make theirs anew. */
const maxIdle = 256;

/** The idle instances of one node, for all executions of its workflow in one service. */
export class OpInstances {
  readonly #create: () => OpInstance;
  readonly #idle: OpInstance[];

  /** Makes the first instance at once: an Op that cannot be created stops the start. @throws ServeError as `createOp`. */
  constructor(blueprint: OpBlueprint, index: number) {
    this.#create = () => new OpInstance(blueprint, index, (instance) => this.#keep(instance));
    this.#idle = [this.#create()];
  }

  /** An idle instance, or a new one: those left behind at work may come back late or never. */
  take(): OpInstance {
    return this.#idle.pop() ?? this.#create();
  }

  #keep(instance: OpInstance): void {
    if (this.#idle.length < maxIdle) this.#idle.push(instance);
  }
}
