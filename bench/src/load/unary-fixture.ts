import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { UnaryConnection } from "./unary-connection.js";

export interface UnaryFixture extends AsyncDisposable {
  readonly connection: UnaryConnection;
  /** All paths that were called. */
  readonly paths: readonly string[];
}

/** What a test server does with one call. */
export type UnaryHandler = (stream: ServerHttp2Stream, body: Buffer) => void;

/** A server of node:http2, which shares no code with our connection, and a connection to it. */
export async function connectTo(handler: UnaryHandler): Promise<UnaryFixture> {
  const paths: string[] = [];
  const server = createServer();
  server.on("stream", (stream, headers) => {
    paths.push(pathOf(headers));
    const chunks: Buffer[] = [];
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => handler(stream, Buffer.concat(chunks)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  const connection = await UnaryConnection.open({ port: address.port, path: "/a.Service/call" });
  return {
    connection,
    paths,
    async [Symbol.asyncDispose]() {
      connection.close();
      server.close();
      await once(server, "close");
    },
  };
}

/** Answers as a gRPC server does: headers, message, trailers. */
export function answer(stream: ServerHttp2Stream, body: Buffer, status = "0"): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": status, "grpc-message": "said why" }));
  stream.end(body);
}

function pathOf(headers: IncomingHttpHeaders): string {
  return String(headers[":path"]);
}
