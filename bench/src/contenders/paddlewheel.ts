import { fileURLToPath } from "node:url";
import type { Contender } from "./contender.js";
import { writeConf } from "./paddlewheel-conf.js";
import { startServer } from "./server-process.js";

const cli = fileURLToPath(new URL("../../../packages/cli/dist/main.js", import.meta.url));

/** Our server, started as a user starts it and with nothing tuned. */
export const paddlewheel: Contender = {
  key: "paddlewheel",
  title: "paddlewheel",
  async start(model) {
    const conf = await writeConf(model);
    return startServer({
      key: "paddlewheel",
      model,
      args: (port) => [cli, "start", "--conf", conf, "--port", String(port)],
    });
  },
};
