// The server of the "grpc-js by hand" contender for the echo, `node grpc-js-echo-server.js PORT`.
import { echoService } from "../workloads/bench-service.js";
import { serveByHand } from "./serve-by-hand.js";

const [port = "0"] = process.argv.slice(2);
serveByHand<object, object>(echoService, port, ({ request }, callback) => callback(null, request));
