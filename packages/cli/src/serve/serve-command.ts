import type { Command } from "../command.js";
import { runInProcesses } from "../run/run-in-processes.js";
import { serveGroups } from "./serve-flags.js";

export const serveCommand: Command = {
  name: "serve",
  summary: "serve model folders, with a workflow made for them",
  usage: "serve --model DIR [DIR...] [flags]",
  description:
    "Serves one model folder, or several that feed each other in turn, and takes the flags of Paddle Serving's " +
    "`python -m paddle_serving_server.serve`. A folder holds a model.onnx, and a serving_server_conf.prototxt where " +
    "names should differ from the model's own.",
  groups: serveGroups,
  examples: [
    "paddlewheel serve --model ./uci_housing_model --name uci",
    "paddlewheel serve --model ./detect ./recognize --port 9292 --thread 4",
  ],
  maxPositionals: 1,
  // What it needs takes half a second to load, which help and hints need not wait for.
  run: async (call) =>
    runInProcesses({
      ...call,
      run: async (process) => (await import("./serve.js")).serve(call, process),
    }),
};
