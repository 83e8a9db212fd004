import type { CommandOptions } from "../harness/paddlewheel-command.js";
import { type StartedServer, startServer } from "../harness/start-server.js";
import { removeServingFolder, type ServedModel, writeServingFolder } from "./serving-folder.js";

/** Starts `paddlewheel start` on a conf folder of its own with one model; the folder goes when the server does. */
export async function serveModel(
  served: ServedModel,
  flags: readonly string[] = [],
  options: CommandOptions = {},
): Promise<StartedServer> {
  const folder = await writeServingFolder(served);
  const own = ["start", "--conf", folder, "--host", "127.0.0.1", "--port", "0"];
  const server = await startServer([...own, ...flags], options);
  return {
    ...server,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await removeServingFolder(folder);
    },
  };
}
