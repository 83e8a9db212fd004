import { fileURLToPath } from "node:url";
import type { Contender } from "./contender.js";
import { writeConf } from "./paddlewheel-conf.js";
import { startServer } from "./server-process.js";

const bin = fileURLToPath(new URL("../../../packages/cli/bin/paddlewheel.js", import.meta.url));

/** Our server, started as a user starts it: by its bin, and with nothing tuned. */
export const paddlewheel: Contender = {
  key: "paddlewheel",
  title: "paddlewheel",
  async start(model) {
    const conf = await writeConf(model);
    return startServer({
      key: "paddlewheel",
      model,
      command: (port) => [bin, "start", "--conf", conf, "--port", String(port)],
    });
  },
};
