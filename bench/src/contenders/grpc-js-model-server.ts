// The server of the "grpc-js by hand" contender for models, `node grpc-js-model-server.js PORT MODEL`: plain, right, as
// the guides of grpc-js and onnxruntime-node show it.
import { type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { generalModelService } from "../workloads/bench-service.js";
import type { RequestMessage, ResponseMessage } from "./general-messages.js";
import { serveByHand } from "./serve-by-hand.js";

const [port = "0", modelFile = ""] = process.argv.slice(2);
const session = await InferenceSession.create(modelFile, { intraOpNumThreads: 1 });

async function infer({ tensor, fetch_var_names }: RequestMessage): Promise<ResponseMessage> {
  const feeds = tensor.map(({ name, float_data, shape }): [string, Tensor] => [
    name,
    new Tensor("float32", Float32Array.from(float_data), shape),
  ]);
  const results = await session.run(Object.fromEntries(feeds), fetch_var_names);
  const outputs = Object.entries(results).map(([name, { data, dims }]) => ({
    name,
    elem_type: 1,
    shape: dims,
    float_data: Array.from(data as Float32Array),
  }));
  return { outputs: [{ tensor: outputs, engine_name: "general_infer_0" }] };
}

function inference(
  call: ServerUnaryCall<RequestMessage, ResponseMessage>,
  callback: sendUnaryData<ResponseMessage>,
): void {
  infer(call.request).then(
    (response) => callback(null, response),
    (error: unknown) => callback({ code: status.INVALID_ARGUMENT, details: String(error) }),
  );
}

serveByHand(generalModelService, port, inference);
