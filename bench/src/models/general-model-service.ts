import { fileURLToPath } from "node:url";
import { loadSync, type MethodDefinition } from "@grpc/proto-loader";

/** The schema that every contender and the loader speak. */
export const protoFile: string = fileURLToPath(
  new URL("../../../protos/paddle_serving/general_model_service.proto", import.meta.url),
);
export const serviceName = "baidu.paddle_serving.predictor.general_model.GeneralModelService";
export const inferencePath: string = `/${serviceName}/inference`;

/** `elem_type` of float32. */
const float32ElemType = 1;

export interface InferenceRequest {
  readonly inputName: string;
  /** The batch axis included. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly fetchVarName: string;
}

/**
 * A `Request` in bytes. Encoded by proto-loader and not by the codec of the server under test: a fault there must not
 * hide itself.
 */
export function encodeRequest({ inputName, shape, data, fetchVarName }: InferenceRequest): Uint8Array {
  const tensor = { float_data: Array.from(data), elem_type: float32ElemType, shape, name: inputName };
  return inferenceMethod().requestSerialize({ tensor: [tensor], fetch_var_names: [fetchVarName] });
}

/** How proto-loader encodes and decodes the method's messages. */
export function inferenceMethod(): MethodDefinition<object, object> {
  const service = loadSync(protoFile, { keepCase: true })[serviceName];
  if (!service || "format" in service) throw new Error(`${protoFile} declares no ${serviceName}`);
  const method = service.inference;
  if (!method) throw new Error(`${serviceName} has no method inference`);
  return method;
}
