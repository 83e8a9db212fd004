import { messageFields } from "./message-fields.js";
import type { ModelTally } from "./model-tally.js";
import { readTensorHead, type TensorHead } from "./tensor-head.js";
import type { FieldHandler, MessageFields, WireReader } from "./wire-reader.js";

interface NodeScope {
  readonly tally: ModelTally;
  domain: string;
  opType: string;
}

interface SparseScope {
  readonly tally: ModelTally;
  values: TensorHead | undefined;
}

/** Whoever reads a graph; `initializerNames` is there for the main one. */
export interface GraphScope {
  readonly tally: ModelTally;
  readonly initializerNames?: Set<string>;
}

/** What is read of every graph, wherever it stands. */
export const graphHandlers: Readonly<Record<string, FieldHandler<GraphScope>>> = {
  node: (reader, { tally }) => readNode(reader, tally),
  initializer: (reader, scope) => addInitializer(reader, scope, readTensor(reader, scope.tally)),
  sparse_initializer: (reader, scope) => {
    const values = readSparseTensor(reader, scope.tally);
    if (values) addInitializer(reader, scope, values);
  },
};

const graphFields: MessageFields<GraphScope> = messageFields("GraphProto", graphHandlers);

const nodeFields: MessageFields<NodeScope> = messageFields("NodeProto", {
  op_type: (reader, node) => {
    node.opType = reader.string();
  },
  domain: (reader, node) => {
    node.domain = reader.string();
  },
  attribute: (reader, { tally }) => readAttribute(reader, tally),
});

/** Each field that can hold a tensor, at whatever depth. */
const attributeFields: MessageFields<ModelTally> = messageFields("AttributeProto", {
  t: (reader, tally) => {
    readTensor(reader, tally);
  },
  tensors: (reader, tally) => {
    readTensor(reader, tally);
  },
  sparse_tensor: (reader, tally) => {
    readSparseTensor(reader, tally);
  },
  sparse_tensors: (reader, tally) => {
    readSparseTensor(reader, tally);
  },
  g: (reader, tally) => readGraph(reader, tally),
  graphs: (reader, tally) => readGraph(reader, tally),
});

const sparseTensorFields: MessageFields<SparseScope> = messageFields("SparseTensorProto", {
  values: (reader, sparse) => {
    sparse.values = readTensor(reader, sparse.tally);
  },
  indices: (reader, { tally }) => {
    readTensor(reader, tally);
  },
});

/** A graph of which only the sums are wanted: the body of a node, or a training graph. */
export function readGraph(reader: WireReader, tally: ModelTally): void {
  if (++tally.graphDepth > reader.limits.maxGraphDepth) {
    reader.fail(`graphs nested more than ${reader.limits.maxGraphDepth} deep`);
  }
  reader.message(graphFields, { tally });
  tally.graphDepth--;
}

export function readNode(reader: WireReader, tally: ModelTally): void {
  tally.enterNode(reader);
  const node: NodeScope = { tally, domain: "", opType: "" };
  reader.message(nodeFields, node);
  tally.countOp(node.domain, node.opType);
}

export function readAttribute(reader: WireReader, tally: ModelTally): void {
  reader.message(attributeFields, tally);
}

function readTensor(reader: WireReader, tally: ModelTally): TensorHead {
  tally.enterTensor(reader);
  const head = readTensorHead(reader);
  tally.addTensor(head);
  return head;
}

/** Gives the non-zero elements, which also carry the name. */
function readSparseTensor(reader: WireReader, tally: ModelTally): TensorHead | undefined {
  const sparse: SparseScope = { tally, values: undefined };
  reader.message(sparseTensorFields, sparse);
  return sparse.values;
}

function addInitializer(reader: WireReader, scope: GraphScope, head: TensorHead): void {
  scope.tally.addParameters(reader, head);
  scope.initializerNames?.add(head.name);
}
