// Makes a call by a protocol and does not close the client: `node leave-open.js PROTOCOL HOST:PORT`. One of the servers of its
// cluster is not there, so that it is probed.
import { setTimeout as setTimer } from "node:timers";
import { createCallEngine, createCluster, createHostTransport, protocols } from "@paddlewheel/client";
import { firstElement, modelCall } from "./client-ways.js";

const [wanted, server = ""] = process.argv.slice(2);
const protocol = protocols.find((known) => known === wanted) ?? "baidu_std";
const cluster = createCluster({ naming: `list://127.0.0.1:1,${server}` });
const engine = createCallEngine({
  cluster,
  connect: (address) => createHostTransport(protocol, { address }),
  hedge: { after: 10_000 },
});
for (let i = 0; i < 3; i++) {
  const { message } = await engine.call(modelCall());
  console.log(`answered ${firstElement(message)}`);
}
// Runs only when something else keeps the process alive.
setTimer(() => {
  console.log(`still alive: ${process.getActiveResourcesInfo().join(", ")}`);
  process.exit(1);
}, 2000).unref();
