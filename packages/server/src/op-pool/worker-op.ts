import {
  Bus,
  type Call,
  Channel,
  Code,
  type Op,
  type OpClass,
  readNodeConfig,
  ServeError,
  startupOp,
} from "@paddlewheel/core";
import type { OpJob, OpSuccess } from "./op-job.js";
import { restoreThrown } from "./thrown-record.js";
import { restorePrototypes, ValuePacker } from "./value-packer.js";
import { createWorkerEnvironment } from "./worker-environment.js";

export interface PackedSuccess {
  readonly success: OpSuccess;
  readonly transferList: ArrayBuffer[];
}

/** The instance of one node's Op in this thread, with a Bus of its own: a thread has one run under way at most. */
export class WorkerOp {
  readonly nodeId: number;
  readonly #bus = new Bus();
  readonly #op: Op;
  /** As messages name it. */
  readonly #what: string;

  /** @throws ServeError opFailure when the Op cannot be created. */
  constructor(opClass: OpClass, { node, nodeId, workflow }: OpJob) {
    this.nodeId = nodeId;
    this.#what = `op "${node.name}" (${node.type})`;
    const channels = new Map(
      [{ id: 0, name: startupOp }, ...node.dependencies, node].map((one) => [one.name, one]),
    );
    for (const { id, name } of channels.values()) this.#bus.register(new Channel(id, name));
    try {
      this.#op = new opClass();
      const { config } = readNodeConfig(node.conf, opClass);
      this.#op.bind({ node, workflow, bus: this.#bus, config, environment: createWorkerEnvironment(node) });
    } catch (thrown) {
      throw new ServeError(Code.opFailure, `${this.#what} could not be created`, { cause: thrown });
    }
  }

  /** @throws what the Op throws; ServeError opFailure when what it gave cannot leave the thread. */
  async run(job: OpJob, call: Call): Promise<PackedSuccess> {
    const failure = job.failure && (restoreThrown(job.failure) as ServeError);
    restorePrototypes(job.lost);
    this.#bus.channel(startupOp).data = job.request;
    for (const [name, data] of job.inputs) this.#bus.channel(name).data = data;
    try {
      const result: unknown = await this.#op.process(call, undefined, failure);
      // Before the release, in which an Op may take back what it gave.
      return this.#pack(result, call);
    } finally {
      this.#op.release();
      this.#bus.clear();
    }
  }

  #pack(result: unknown, { responseAttachment }: Call): PackedSuccess {
    if (result !== undefined && typeof result !== "number") {
      const message = `${this.#what} returned ${typeof result}, must return nothing or a number`;
      throw new ServeError(Code.opFailure, message);
    }
    const { channel } = this.#op;
    const isGiven = !channel.isAbsent && (result ?? 0) === 0;
    const packer = new ValuePacker("give");
    const success = {
      result,
      output: isGiven ? packer.pack(`the output of ${this.#what}`, channel.data) : undefined,
      responseAttachment: packer.pack(`the response attachment of ${this.#what}`, responseAttachment),
      lost: packer.lost,
    };
    return { success, transferList: packer.transferList };
  }
}
