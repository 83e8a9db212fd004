import { fileURLToPath } from "node:url";
import { loadSync, type ServiceDefinition } from "@grpc/proto-loader";

/** A tensor by the field names of the .proto, as people write it; what is left out is not sent. */
export interface TensorMessage {
  readonly name?: string;
  readonly alias_name?: string;
  readonly elem_type?: number;
  readonly shape?: readonly number[];
  readonly lod?: readonly number[];
  readonly int64_data?: readonly (number | string)[];
  readonly float_data?: readonly (number | string)[];
  readonly int_data?: readonly number[];
  readonly float64_data?: readonly (number | string)[];
  readonly uint32_data?: readonly number[];
  readonly bool_data?: readonly boolean[];
  readonly complex64_data?: readonly number[];
  readonly complex128_data?: readonly number[];
  readonly data?: readonly string[];
  readonly tensor_content?: Buffer;
}

export interface RequestMessage {
  readonly tensor?: readonly TensorMessage[];
  readonly fetch_var_names?: readonly string[];
  readonly profile_server?: boolean;
  readonly log_id?: number | string;
}

/** 64-bit numbers are text, bytes are a Buffer in both forms, and lists are never missing. */
export interface ResponseMessage {
  readonly outputs: readonly {
    readonly tensor: readonly Required<TensorMessage>[];
    readonly engine_name: string;
  }[];
  readonly err_no: number;
  readonly err_msg: string;
}

export const serviceName = "baidu.paddle_serving.predictor.general_model.GeneralModelService";
export const protoFile: string = fileURLToPath(
  new URL("../../../protos/paddle_serving/general_model_service.proto", import.meta.url),
);

// Another implementation than the server's own: protobufjs, as @grpc/proto-loader drives it.
const definition = loadSync(protoFile, {
  keepCase: true,
  longs: String,
  arrays: true,
  defaults: true,
})[serviceName] as ServiceDefinition;
const { inference } = definition;

export function encodeRequest(message: RequestMessage): Buffer {
  return inference?.requestSerialize(message) as Buffer;
}

export function decodeResponse(bytes: Buffer): ResponseMessage {
  return inference?.responseDeserialize(bytes) as unknown as ResponseMessage;
}

/** The same message as JSON text, in brpc's dialect: bytes are base64, and numbers JSON does not have are words. */
export function requestJson(message: RequestMessage): string {
  return JSON.stringify(message, (_key, value) => {
    if (value?.type === "Buffer") return Buffer.from(value.data).toString("base64");
    return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  });
}

const emptyTensor: Required<TensorMessage> = decodeResponse(Buffer.from([0x0a, 0x02, 0x0a, 0x00])).outputs[0]
  ?.tensor[0] as Required<TensorMessage>;

/** Numbers of 16 digits and more, which JSON.parse would round. */
const longNumber = /(?<=[[:,])-?\d{16,}(?=[,\]}])/g;

/** Fills in what JSON leaves out, and turns base64 and long numbers into the form `decodeResponse` gives. */
export function parseResponse(text: string): ResponseMessage {
  const json = JSON.parse(text.replace(longNumber, '"$&"')) as Partial<ResponseMessage>;
  const outputs = (json.outputs ?? []).map(({ tensor = [], engine_name = "" }) => ({
    engine_name,
    tensor: tensor.map((given) => ({
      ...emptyTensor,
      ...given,
      tensor_content: Buffer.from(String(given.tensor_content ?? ""), "base64"),
    })),
  }));
  return { outputs, err_no: json.err_no ?? 0, err_msg: json.err_msg ?? "" };
}
