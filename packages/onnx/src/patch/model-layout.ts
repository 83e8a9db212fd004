import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { elementTypeOfNumber, elementTypes } from "../element-type.js";
import { OnnxFormatError } from "../onnx-format-error.js";
import { fileSource } from "../read/byte-source.js";
import { messageFields } from "../read/message-fields.js";
import { onnxLimits } from "../read/onnx-limits.js";
import { type ByteRange, type FieldHandler, type MessageFields, WireReader } from "../read/wire-reader.js";
import type { FileRange } from "./open-files.js";

/** A message inside a file, without the tag of its field. */
export interface MessagePlace {
  /** Where its length begins, which its bytes follow. */
  readonly start: number;
  readonly body: ByteRange;
}

/** An initializer, as it lies in the file of its model. */
export interface TensorLayout extends MessagePlace {
  readonly name: string;
  /** `TensorProto.DataType` */
  readonly dataType: number;
  readonly dims: readonly number[];
  /** Its elements as they are in memory; undefined where protobuf keeps them as numbers or texts. */
  readonly elements: FileRange | undefined;
  /** Nothing but the elements depends on their values: no packed forms or checksums beside them. */
  readonly isPlain: boolean;
}

/** Where the weights of a model lie. */
export interface ModelLayout {
  readonly file: string;
  readonly size: number;
  readonly graph: MessagePlace;
  /** Initializers of the main graph, in their order. */
  readonly tensors: readonly TensorLayout[];
}

interface TensorScope {
  name: string;
  dataType: number;
  readonly dims: number[];
  isExternal: boolean;
  raw: ByteRange | undefined;
  readonly external: Map<string, string>;
}

interface ModelScope {
  graph: MessagePlace | undefined;
  readonly tensors: (TensorScope & MessagePlace)[];
}

const entryFields: MessageFields<string[]> = messageFields("StringStringEntryProto", {
  key: (reader, entry) => {
    entry[0] = reader.string();
  },
  value: (reader, entry) => {
    entry[1] = reader.string();
  },
});

const tensorFields: MessageFields<TensorScope> = messageFields("TensorProto", {
  name: (reader, tensor) => {
    tensor.name = reader.string();
  },
  data_type: (reader, tensor) => {
    tensor.dataType = reader.int32();
  },
  dims: (reader, tensor) => {
    if (tensor.dims.length === reader.limits.maxRank) {
      reader.fail(`a tensor of more than ${reader.limits.maxRank} axes`);
    }
    tensor.dims.push(reader.int64());
  },
  raw_data: (reader, tensor) => {
    tensor.raw = reader.byteRange();
  },
  external_data: (reader, tensor) => {
    const entry: string[] = [];
    reader.message(entryFields, entry);
    const [key = "", value = ""] = entry;
    tensor.external.set(key, value);
  },
  data_location: (reader, tensor) => {
    tensor.isExternal = reader.int32() === 1;
  },
});

const readInitializer: FieldHandler<ModelScope> = (reader, { tensors }) => {
  if (tensors.length === reader.limits.maxTensors) {
    reader.fail(`more than ${reader.limits.maxTensors} tensors`);
  }
  const start = reader.position;
  const tensor = { name: "", dataType: 0, dims: [], isExternal: false, raw: undefined, external: new Map() };
  const body = reader.message(tensorFields, tensor);
  tensors.push({ ...tensor, start, body });
};

const graphFields: MessageFields<ModelScope> = messageFields("GraphProto", { initializer: readInitializer });

const modelFields: MessageFields<ModelScope> = messageFields("ModelProto", {
  graph: (reader, model) => {
    if (model.graph) reader.fail("the graph is there twice");
    const start = reader.position;
    const body = reader.message(graphFields, model);
    model.graph = { start, body };
  },
});

/**
 * Finds the weights of a model without reading them.
 * @throws OnnxFormatError when the file is no model, or an initializer has no name, the name of another one, or fewer or
 * more bytes than its shape takes.
 */
export async function readModelLayout(file: string): Promise<ModelLayout> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const scope: ModelScope = { graph: undefined, tensors: [] };
    new WireReader(fileSource(handle.fd, size), onnxLimits).root(modelFields, scope);
    if (!scope.graph) throw new OnnxFormatError("the model has no graph");
    const tensors = scope.tensors.map((tensor) => tensorLayout(tensor, file));
    checkNames(tensors);
    return { file, size, graph: scope.graph, tensors };
  } catch (thrown) {
    if (!(thrown instanceof OnnxFormatError)) throw thrown;
    throw new OnnxFormatError(`${file}: ${thrown.message}`, { cause: thrown });
  } finally {
    await handle.close();
  }
}

function tensorLayout(scope: TensorScope & MessagePlace, file: string): TensorLayout {
  const { name, dataType, dims, start, body, external } = scope;
  // Some writers leave an empty raw_data beside elements that are kept as numbers.
  const raw = scope.raw?.length ? { file, ...scope.raw } : undefined;
  const elements = scope.isExternal ? externalRange(scope, file) : raw;
  if (elements) checkLength(scope, elements.length);
  const isPlain = [...external.keys()].every((key) => plainKeys.has(key));
  return { name, dataType, dims, start, body, elements, isPlain };
}

/** @throws OnnxFormatError when a tensor of this shape has not so many bytes in memory. */
export function checkLength(
  { name, dataType, dims }: Pick<TensorLayout, "name" | "dataType" | "dims">,
  length: number,
): void {
  const wanted = byteLength(dataType, dims) ?? length;
  if (length === wanted) return;
  const shape = `[${dims.join(", ")}]`;
  throw new OnnxFormatError(`initializer "${name}": has ${length} bytes, its shape ${shape} takes ${wanted}`);
}

const plainKeys: ReadonlySet<string> = new Set(["location", "offset", "length"]);

function externalRange({ name, dataType, dims, external }: TensorScope, file: string): FileRange {
  const offset = Number(external.get("offset") ?? 0);
  const length = Number(external.get("length") ?? byteLength(dataType, dims));
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new OnnxFormatError(`initializer "${name}": its place in another file makes no sense`);
  }
  return { file: join(dirname(file), external.get("location") ?? ""), offset, length };
}

/** Bytes of a tensor in memory; undefined for texts and types of a future format. */
export function byteLength(dataType: number, dims: readonly number[]): number | undefined {
  const type = elementTypeOfNumber(dataType);
  if (type === undefined || type === "string") return undefined;
  return Math.ceil(dims.reduce((product, size) => product * size, elementTypes[type].bits) / 8);
}

function checkNames(tensors: readonly TensorLayout[]): void {
  const names = new Set<string>();
  for (const { name } of tensors) {
    if (name === "") throw new OnnxFormatError("an initializer has no name");
    if (names.has(name)) throw new OnnxFormatError(`initializer "${name}": is there twice`);
    names.add(name);
  }
}
