import { messageFields } from "./message-fields.js";
import type { ModelSummary, ValueSummary } from "./model-summary.js";
import { ModelTally } from "./model-tally.js";
import { type GraphScope, graphHandlers, readAttribute, readGraph, readNode } from "./read-graph.js";
import { readValue } from "./read-value.js";
import type { MessageFields, WireReader } from "./wire-reader.js";

interface MainGraph extends GraphScope {
  readonly initializerNames: Set<string>;
  readonly inputs: ValueSummary[];
  readonly outputs: ValueSummary[];
}

interface ModelScope {
  readonly tally: ModelTally;
  readonly graph: MainGraph;
  readonly opsets: Map<string, number>;
  hasGraph: boolean;
  irVersion: number;
  producerName: string;
  producerVersion: string;
}

const mainGraphFields: MessageFields<MainGraph> = messageFields("GraphProto", {
  ...graphHandlers,
  input: (reader, { inputs }) => addValue(reader, inputs),
  output: (reader, { outputs }) => addValue(reader, outputs),
});

const functionFields: MessageFields<ModelTally> = messageFields("FunctionProto", {
  node: readNode,
  attribute_proto: readAttribute,
});

const trainingFields: MessageFields<ModelTally> = messageFields("TrainingInfoProto", {
  initialization: readGraph,
  algorithm: readGraph,
});

const opsetFields: MessageFields<{ domain: string; version: number }> = messageFields("OperatorSetIdProto", {
  domain: (reader, opset) => {
    opset.domain = reader.string();
  },
  version: (reader, opset) => {
    opset.version = reader.int64();
  },
});

const modelFields: MessageFields<ModelScope> = messageFields("ModelProto", {
  ir_version: (reader, model) => {
    model.irVersion = reader.int64();
  },
  producer_name: (reader, model) => {
    model.producerName = reader.string();
  },
  producer_version: (reader, model) => {
    model.producerVersion = reader.string();
  },
  opset_import: (reader, { opsets }) => addOpset(reader, opsets),
  graph: (reader, model) => {
    model.hasGraph = true;
    reader.message(mainGraphFields, model.graph);
  },
  functions: (reader, { tally }) => reader.message(functionFields, tally),
  // No part of what is served, so it must not change the counts; but a path in it is a path.
  training_info: (reader, { tally }) => reader.message(trainingFields, new ModelTally(tally.externalData)),
});

/** Reads a ModelProto, all the bytes there are. */
export function readModel(reader: WireReader): ModelSummary {
  const model = emptyModel();
  reader.root(modelFields, model);
  if (model.irVersion < 1) reader.fail("no ir_version: this is not an ONNX model");
  if (!model.hasGraph) reader.fail("the model has no graph");
  return summaryOf(model);
}

function emptyModel(): ModelScope {
  const tally = new ModelTally();
  return {
    tally,
    graph: { tally, initializerNames: new Set(), inputs: [], outputs: [] },
    opsets: new Map(),
    hasGraph: false,
    irVersion: 0,
    producerName: "",
    producerVersion: "",
  };
}

function summaryOf({ tally, graph, ...model }: ModelScope): ModelSummary {
  return {
    irVersion: model.irVersion,
    producer: { name: model.producerName, version: model.producerVersion },
    opsets: model.opsets,
    inputs: graph.inputs.filter(({ name }) => !graph.initializerNames.has(name)),
    outputs: graph.outputs,
    opCounts: tally.opCounts,
    parameterCount: tally.parameterCount,
    parameterBytes: tally.parameterBytes,
    externalData: tally.externalData,
  };
}

function addValue(reader: WireReader, values: ValueSummary[]): void {
  if (values.length === reader.limits.maxValues) {
    reader.fail(`more than ${reader.limits.maxValues} inputs or outputs`);
  }
  values.push(readValue(reader));
}

function addOpset(reader: WireReader, opsets: Map<string, number>): void {
  if (opsets.size === reader.limits.maxValues) {
    reader.fail(`more than ${reader.limits.maxValues} operator sets`);
  }
  const opset = { domain: "", version: 0 };
  reader.message(opsetFields, opset);
  opsets.set(opset.domain || "ai.onnx", opset.version);
}
