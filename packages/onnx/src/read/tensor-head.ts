import { messageFields } from "./message-fields.js";
import type { MessageFields, WireReader } from "./wire-reader.js";

/** A TensorProto without its elements. */
export interface TensorHead {
  name: string;
  dataType: number;
  /** Product of `dims`; negative or not a safe integer where they make no sense. */
  elementCount: number;
  isExternal: boolean;
  locations: string[];
  /** See `ExternalTensor.offsets`. */
  offsets: number[];
}

const externalLocation = 1;

const entryFields: MessageFields<{ key: string; value: string }> = messageFields("StringStringEntryProto", {
  key: (reader, entry) => {
    entry.key = reader.string();
  },
  value: (reader, entry) => {
    entry.value = reader.string();
  },
});

/** ONNX Runtime writes packed forms as `prepacked_N`: a name, then `|offset;bytes;checksum` for each part. */
function readOffsets(key: string, value: string): number[] {
  if (key === "offset") return [Number(value)];
  if (!key.startsWith("prepacked_")) return [];
  const [, ...parts] = value.split("|");
  return parts.map((part) => Number(part.split(";")[0]));
}

const tensorFields: MessageFields<TensorHead> = messageFields("TensorProto", {
  name: (reader, head) => {
    head.name = reader.string();
  },
  data_type: (reader, head) => {
    head.dataType = reader.int32();
  },
  dims: (reader, head) => {
    const size = reader.int64();
    head.elementCount = size < 0 ? Number.NaN : head.elementCount * size;
  },
  external_data: (reader, head) => {
    const entry = { key: "", value: "" };
    reader.message(entryFields, entry);
    if (entry.key === "location") head.locations.push(entry.value);
    else head.offsets.push(...readOffsets(entry.key, entry.value));
  },
  data_location: (reader, head) => {
    head.isExternal ||= reader.int32() === externalLocation;
  },
});

export function readTensorHead(reader: WireReader): TensorHead {
  const head: TensorHead = {
    name: "",
    dataType: 0,
    elementCount: 1,
    isExternal: false,
    locations: [],
    offsets: [],
  };
  reader.message(tensorFields, head);
  return head;
}
