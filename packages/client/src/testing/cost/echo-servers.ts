import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { BaiduStdPeer } from "../baidu-std-peer.js";

/** Addresses of servers that send messages back, by protocol. */
export interface EchoServers {
  readonly baidu_std: string;
  readonly grpc: string;
  readonly http: string;
}

/** Starts one of each in this process. */
export async function startEchoServers(): Promise<EchoServers> {
  const peer = await new BaiduStdPeer().start("0.0.0.0");
  // Answers to what comes in one read leave in one write, as servers do it.
  peer.onRequest = ({ answer, socket }) => {
    socket.cork();
    process.nextTick(() => socket.uncork());
    answer();
  };
  return { baidu_std: peer.address, grpc: await startGrpc(), http: await startHttp() };
}

async function startGrpc(): Promise<string> {
  const asIs = (bytes: Buffer): Buffer => bytes;
  const server = new Server();
  const path = "/test.Echo/echo";
  const codec = {
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
  server.addService(
    { echo: { path, requestStream: false, responseStream: false, ...codec } },
    {
      echo: (call: { request: Buffer }, respond: (error: null, bytes: Buffer) => void) =>
        respond(null, call.request),
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return `127.0.0.1:${port}`;
}

async function startHttp(): Promise<string> {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/proto");
    request.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
