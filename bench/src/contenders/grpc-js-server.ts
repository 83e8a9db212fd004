// The server of the "grpc-js by hand" contender, `node grpc-js-server.js MODEL PORT`: plain, right, as the guides of
// grpc-js and onnxruntime-node show it, with nothing tuned but what every guide tells.
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { protoFile, serviceName } from "../models/general-model-service.js";

interface TensorMessage {
  readonly name: string;
  readonly elem_type: number;
  readonly shape: readonly number[];
  readonly float_data: readonly number[];
}

interface InferenceRequest {
  readonly tensor: readonly TensorMessage[];
  readonly fetch_var_names: readonly string[];
}

interface InferenceResponse {
  readonly outputs: readonly { readonly tensor: readonly TensorMessage[]; readonly engine_name: string }[];
}

const [modelFile = "", port = "0"] = process.argv.slice(2);
const session = await InferenceSession.create(modelFile, { intraOpNumThreads: 1 });

async function infer({ tensor, fetch_var_names }: InferenceRequest): Promise<InferenceResponse> {
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
  call: ServerUnaryCall<InferenceRequest, InferenceResponse>,
  callback: sendUnaryData<InferenceResponse>,
): void {
  infer(call.request).then(
    (response) => callback(null, response),
    (error: unknown) => callback({ code: status.INVALID_ARGUMENT, details: String(error) }),
  );
}

const service = loadSync(protoFile, { keepCase: true, defaults: true })[serviceName] as ServiceDefinition;
const server = new Server();
server.addService(service, { inference });
server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
});
process.once("SIGTERM", () => server.tryShutdown(() => process.exit()));
