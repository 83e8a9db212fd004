import { type DType, elemTypeOf, type TensorData } from "@paddlewheel/core";
import protobuf from "protobufjs";
import { descriptor } from "../gen/general-model-service.js";
import type { GeneralRequest, GeneralResponse, GeneralTensor } from "../general-model/message.js";

/** A message as protobufjs and JSON.stringify take it: fields by the names of the .proto. */
export type ProtoObject = Record<string, unknown>;

const root = protobuf.Root.fromJSON(descriptor);

/** The bytes protobufjs makes of a message. */
export function oracleEncode(messageName: "Request" | "Response", object: ProtoObject): Uint8Array {
  const type = typeOf(messageName);
  return type.encode(type.fromObject(object)).finish();
}

/** What protobufjs reads, 64-bit numbers as strings and bytes as lists; defaults left out. */
export function oracleDecode(messageName: "Request" | "Response", bytes: Uint8Array): ProtoObject {
  const type = typeOf(messageName);
  return type.toObject(type.decode(bytes), { longs: String, bytes: Array });
}

function typeOf(messageName: string): protobuf.Type {
  return root.lookupType(`baidu.paddle_serving.predictor.general_model.${messageName}`);
}

/** The request field by field, in the form `oracleDecode` gives. */
export function requestObject(request: GeneralRequest): ProtoObject {
  return withoutDefaults({
    tensor: request.tensors.map(tensorObject),
    fetch_var_names: request.fetchVarNames,
    profile_server: request.profileServer,
    log_id: longOf(request.logId),
  });
}

export function responseObject(response: GeneralResponse): ProtoObject {
  return withoutDefaults({
    outputs: response.outputs.map(({ tensors, engineName }) =>
      withoutDefaults({ tensor: tensors.map(tensorObject), engine_name: engineName }),
    ),
    profile_time: response.profileTime.map(String),
    profile_server: response.profileServer,
    log_id: longOf(response.logId),
    err_no: response.errNo,
    err_msg: response.errMsg,
  });
}

function tensorObject(tensor: GeneralTensor): ProtoObject {
  return withoutDefaults({
    [dataField[tensor.dtype]]: plainValues(tensor.dtype, tensor.data),
    elem_type: elemTypeOf(tensor.dtype),
    shape: tensor.shape,
    lod: tensor.lod?.flat() ?? [],
    name: tensor.name,
    alias_name: tensor.aliasName,
  });
}

const dataField: Readonly<Record<DType, string>> = {
  int64: "int64_data",
  float32: "float_data",
  int32: "int_data",
  float64: "float64_data",
  int16: "tensor_content",
  float16: "tensor_content",
  bfloat16: "tensor_content",
  uint8: "tensor_content",
  int8: "tensor_content",
  bool: "bool_data",
  complex64: "complex64_data",
  complex128: "complex128_data",
  string: "data",
};

function plainValues(dtype: DType, data: TensorData): readonly unknown[] {
  if (!ArrayBuffer.isView(data)) return data;
  if (dataField[dtype] === "tensor_content") {
    return Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  const values: (number | bigint)[] = Array.from(data as Iterable<number | bigint>);
  if (dtype === "bool") return values.map(Boolean);
  return values.map((value) => (typeof value === "bigint" ? String(value) : value));
}

/** As `oracleDecode` gives it; a text may well be "0" without being a default. */
function longOf(value: bigint): string | number {
  return value === 0n ? 0 : String(value);
}

function withoutDefaults(object: ProtoObject): ProtoObject {
  const isDefault = (value: unknown) =>
    value === 0 || value === "" || value === false || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(object).filter(([, value]) => !isDefault(value)));
}
