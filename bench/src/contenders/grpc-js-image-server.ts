// The server of the "grpc-js by hand" contender for the image, `node grpc-js-image-server.js PORT`: makes a Float32Array
// of the tensor, as a model would want it, and answers with the first element.
import { generalModelService } from "../workloads/bench-service.js";
import { imageOutput } from "../workloads/image-workload.js";
import type { RequestMessage, ResponseMessage } from "./general-messages.js";
import { serveByHand } from "./serve-by-hand.js";

const [port = "0"] = process.argv.slice(2);

function answer({ tensor: [image] }: RequestMessage): ResponseMessage {
  const [first = Number.NaN] = image ? elementsOf(image) : [];
  const tensor = [{ name: imageOutput, elem_type: 1, shape: [1], float_data: [first] }];
  return { outputs: [{ tensor, engine_name: "first_element_0" }] };
}

function elementsOf({ float_data, tensor_content }: RequestMessage["tensor"][number]): Float32Array {
  if (float_data.length > 0) return Float32Array.from(float_data);
  // A copy: the bytes lie at any offset, and a Float32Array wants a multiple of 4.
  return new Float32Array(new Uint8Array(tensor_content).buffer);
}

serveByHand<RequestMessage, ResponseMessage>(generalModelService, port, ({ request }, callback) =>
  callback(null, answer(request)),
);
