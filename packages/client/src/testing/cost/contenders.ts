import { Client, credentials, type Deadline, Metadata } from "@grpc/grpc-js";
import { createCallEngine } from "../../call/call-engine.js";
import { createCluster } from "../../cluster/create-cluster.js";
import { createHostTransport, type TransportProtocol } from "../../transport/create-host-transport.js";
import { outgoingCall } from "../outgoing-call.js";
import type { EchoServers } from "./echo-servers.js";

/** Makes one call with this message; `onEnd` is given whether the same came back. */
export type EchoCall = (message: Buffer, onEnd: (isRight: boolean) => void) => void;

const timeoutMs = 10_000;

/** Ways to call, by name; each is made once in a process of its own. */
export const contenders: Readonly<Record<string, (servers: EchoServers) => EchoCall>> = {
  "grpc-js": ({ grpc }) => callByGrpcJs(grpc),
  "h2:grpc": ({ grpc }) => callByTransport("h2:grpc", grpc),
  baidu_std: ({ baidu_std }) => callByTransport("baidu_std", baidu_std),
  "baidu_std, engine": ({ baidu_std }) => callByEngine("baidu_std", baidu_std),
  "baidu_std, engine, hedging": ({ baidu_std }) => callByEngine("baidu_std", baidu_std, 1000),
  "http:proto": ({ http }) => callByTransport("http:proto", http),
};

function callByGrpcJs(address: string): EchoCall {
  const client = new Client(address, credentials.createInsecure());
  const asIs = (bytes: Buffer): Buffer => bytes;
  return (message, onEnd) => {
    const deadline: Deadline = Date.now() + timeoutMs;
    client.makeUnaryRequest(
      "/test.Echo/echo",
      asIs,
      asIs,
      message,
      new Metadata(),
      { deadline },
      (_, answer) => onEnd(answer?.length === message.length),
    );
  };
}

function callByTransport(protocol: TransportProtocol, address: string): EchoCall {
  const transport = createHostTransport(protocol, { address });
  return (message, onEnd) => {
    transport.start(outgoingCall({ message, timeoutMs }), (outcome) =>
      onEnd("answer" in outcome && outcome.answer.message.length === message.length),
    );
  };
}

function callByEngine(protocol: TransportProtocol, address: string, hedgeAfter?: number): EchoCall {
  const engine = createCallEngine({
    // Only with a second host calls can be hedged.
    cluster: createCluster({ naming: `list://${address}${hedgeAfter ? `,${otherNameOf(address)}` : ""}` }),
    connect: (host) => createHostTransport(protocol, { address: host }),
    hedge: hedgeAfter ? { after: hedgeAfter } : undefined,
  });
  return (message, onEnd) => {
    engine.start({ service: "test.Echo", method: "echo", message, timeoutMs }, (outcome) =>
      onEnd("answer" in outcome && outcome.answer.message.length === message.length),
    );
  };
}

function otherNameOf(address: string): string {
  return address.replace("127.0.0.1", "127.0.0.2");
}
