import { seededRandom } from "@paddlewheel/onnx";
import { generalModelService } from "./bench-service.js";
import { encodeRequest, type TensorField } from "./general-request.js";
import type { CheckedRequest, ImageWorkload } from "./workload.js";

const requestCount = 8;
const shape: readonly number[] = [1, 3, 224, 224];
const elementCount = 150_528;

export const imageInput = "image";
export const imageOutput = "first";

/** Calls with a tensor of 602 KB and an answer of one element: what it costs to take an image in. */
export function prepareImage(field: TensorField, directory: string): ImageWorkload {
  const random = seededRandom(1);
  const requests = Array.from({ length: requestCount }, (): CheckedRequest => {
    const data = Float32Array.from({ length: elementCount }, () => 2 * random() - 1);
    const request = { inputName: imageInput, shape, data, fetchVarName: imageOutput };
    return { message: encodeRequest(request, field), expected: data.slice(0, 1) };
  });
  return { kind: "image", name: field, directory, service: generalModelService, requests };
}
