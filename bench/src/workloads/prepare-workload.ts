import { benchModels } from "../models/bench-model.js";
import { prepareModel } from "../models/prepared-model.js";
import { prepareEcho } from "./echo-workload.js";
import { prepareImage } from "./image-workload.js";
import type { Workload } from "./workload.js";

export type WorkloadName = "linear" | "mlp" | "resnet50" | "echo" | "float_data" | "tensor_content";

/** Makes the requests and the right answers of a workload, and the model if it has one. */
export async function prepareWorkload(name: WorkloadName, directory: string): Promise<Workload> {
  switch (name) {
    case "linear":
    case "mlp":
    case "resnet50":
      return prepareModel(benchModels[name], directory);
    case "echo":
      return prepareEcho(directory);
    case "float_data":
    case "tensor_content":
      return prepareImage(name, directory);
  }
}
