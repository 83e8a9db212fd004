import { elementTypeOfNumber, elementTypes } from "../element-type.js";
import type { ExternalTensor } from "./model-summary.js";
import type { TensorHead } from "./tensor-head.js";
import type { WireReader } from "./wire-reader.js";

/** What is summed up over all graphs of a model, nested ones included. */
export class ModelTally {
  readonly opCounts: Map<string, number> = new Map();
  readonly externalData: ExternalTensor[];
  parameterCount = 0;
  parameterBytes = 0;
  graphDepth = 0;
  #nodeCount = 0;
  #tensorCount = 0;

  /** A second tally may add to the external data of the first without touching its counts. */
  constructor(externalData: ExternalTensor[] = []) {
    this.externalData = externalData;
  }

  /** Called before the node is read, so that a flood of empty ones ends in time. */
  enterNode(reader: WireReader): void {
    if (++this.#nodeCount > reader.limits.maxNodes) reader.fail(`more than ${reader.limits.maxNodes} nodes`);
  }

  countOp(domain: string, opType: string): void {
    const key = domain === "" || domain === "ai.onnx" ? opType : `${domain}:${opType}`;
    this.opCounts.set(key, (this.opCounts.get(key) ?? 0) + 1);
  }

  enterTensor(reader: WireReader): void {
    if (++this.#tensorCount > reader.limits.maxTensors) {
      reader.fail(`more than ${reader.limits.maxTensors} tensors`);
    }
  }

  /** Every location is kept, also of a tensor that says it is not external: which of two statements wins is the runtime's affair. */
  addTensor(head: TensorHead): void {
    const locations = head.isExternal && head.locations.length === 0 ? [""] : head.locations;
    for (const location of locations) {
      this.externalData.push({ tensor: head.name, location, offsets: head.offsets });
    }
  }

  addParameters(reader: WireReader, head: TensorHead): void {
    if (!Number.isSafeInteger(head.elementCount) || head.elementCount < 0) {
      reader.fail(`initializer "${head.name}": its dims make no number of elements`);
    }
    const type = elementTypeOfNumber(head.dataType);
    const bits = type === undefined ? 0 : elementTypes[type].bits;
    this.parameterCount += head.elementCount;
    this.parameterBytes += Math.ceil((head.elementCount * bits) / 8);
  }
}
