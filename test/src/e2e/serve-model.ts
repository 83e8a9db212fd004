import { type StartedServer, startServer } from "../harness/start-server.js";
import { removeServingFolder, type ServedModel, writeServingFolder } from "./serving-folder.js";

/** Starts `paddlewheel start` on a conf folder of its own with one model; the folder goes when the server does. */
export async function serveModel(served: ServedModel, flags: readonly string[] = []): Promise<StartedServer> {
  const folder = await writeServingFolder(served);
  const server = await startServer([
    "start",
    "--conf",
    folder,
    "--host",
    "127.0.0.1",
    "--port",
    "0",
    ...flags,
  ]);
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await removeServingFolder(folder);
    },
  };
}
