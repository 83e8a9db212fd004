import type { Call, DagNode, OpTask } from "@paddlewheel/core";
import type { OpJob } from "./op-job.js";
import { recordThrown } from "./thrown-record.js";
import { ValuePacker } from "./value-packer.js";

/** A job, and the buffers that leave this thread with it. */
export interface JobParcel {
  readonly job: OpJob;
  readonly transferList: ArrayBuffer[];
}

let nodeCount = 0;
const nodeIds = new WeakMap<DagNode, number>();

/**
 * Packs one run for a worker. Large arrays are copied once and the copy is handed over, also those whose last reader
 * this Op is: their memory may be that of the request, or of another output.
 * @throws ServeError opFailure that names the dependency and the place of what cannot cross threads.
 */
export function packJob(task: OpTask, call: Call, slot: number): JobParcel {
  const { module, type, workflow, node, failure } = task;
  const packer = new ValuePacker("keep");
  const what = `op "${node.name}" (${type}) runs on the pool, and`;
  const request = packer.pack(`${what} the request`, task.request);
  const inputs = new Map<string, unknown>();
  for (const [name, { data }] of task.inputs) {
    if (data !== undefined) inputs.set(name, packer.pack(`${what} the output of "${name}"`, data));
  }
  const job = {
    module,
    type,
    workflow,
    node,
    nodeId: idOf(node),
    slot,
    call: packCall(call),
    request,
    inputs,
    failure: failure && recordThrown(failure),
    lost: packer.lost,
  };
  return { job, transferList: packer.transferList };
}

/** A node lives as long as its workflow, and conf that is loaded again makes new ones. */
function idOf(node: DagNode): number {
  const id = nodeIds.get(node) ?? ++nodeCount;
  nodeIds.set(node, id);
  return id;
}

function packCall({ service, method, protocol, logId, requestId, deadline, clock }: Call): OpJob["call"] {
  return { service, method, protocol, logId, requestId, timeoutMs: deadline - clock.now() };
}
