import { fileURLToPath } from "node:url";
import type { Contender } from "./contender.js";
import { startServer } from "./server-process.js";

const serverModule = fileURLToPath(new URL("grpc-js-server.js", import.meta.url));

/** What somebody writes who has a model, grpc-js and an hour. */
export const grpcJs: Contender = {
  key: "grpc-js",
  title: "grpc-js by hand",
  start: (model) =>
    startServer({
      key: "grpc-js",
      model,
      command: (port) => [process.execPath, serverModule, model.file, String(port)],
    }),
};
