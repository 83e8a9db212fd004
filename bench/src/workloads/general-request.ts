import { generalModelService, inferenceMethod } from "./bench-service.js";

/** `elem_type` of float32. */
const float32ElemType = 1;

/** Where a tensor has its elements: one by one in the list of their type, or as raw bytes. */
export type TensorField = "float_data" | "tensor_content";

export interface InferenceRequest {
  readonly inputName: string;
  /** The batch axis included. */
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly fetchVarName: string;
}

/** A `Request` of GeneralModelService in bytes. */
export function encodeRequest(request: InferenceRequest, field: TensorField = "float_data"): Uint8Array {
  const { inputName, shape, data, fetchVarName } = request;
  const elements = field === "float_data" ? Array.from(data) : Buffer.from(data.buffer);
  const tensor = { [field]: elements, elem_type: float32ElemType, shape, name: inputName };
  const message = { tensor: [tensor], fetch_var_names: [fetchVarName] };
  return inferenceMethod(generalModelService).requestSerialize(message);
}
