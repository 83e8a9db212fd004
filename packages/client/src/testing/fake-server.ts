import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { Metadata, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { ServeError } from "@paddlewheel/core";
import {
  type GeneralRequest,
  type GeneralResponse,
  generalModelServiceName,
  generalRequestCodec,
  generalResponseCodec,
} from "@paddlewheel/wire";

/** What the fake does with a request; never settles for one that must time out. */
export type FakeHandler = (
  request: GeneralRequest,
  headers: FakeHeaders,
) => GeneralResponse | Promise<GeneralResponse>;

export type FakeHeaders = Readonly<Record<string, string | undefined>>;

export interface FakeServer {
  /** As `connect` takes it. */
  readonly endpoint: string;
  close(): void;
}

export const emptyResponse: GeneralResponse = {
  outputs: [],
  profileTime: [],
  profileServer: false,
  logId: 0n,
  errNo: 0,
  errMsg: "",
};

/** GeneralModelService.inference over gRPC, answered by a function. */
export async function startFakeGrpc(handler: FakeHandler): Promise<FakeServer> {
  const server = new Server();
  const asIs = (bytes: Buffer): Buffer => bytes;
  const path = `/${generalModelServiceName}/inference`;
  const codec = {
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
  server.addService(
    { inference: { path, requestStream: false, responseStream: false, ...codec } },
    {
      inference: async (
        call: { request: Buffer; metadata: Metadata },
        respond: (error: object | null, bytes?: Buffer, trailers?: Metadata) => void,
      ) => {
        try {
          const headers = call.metadata.getMap() as FakeHeaders;
          const response = await handler(generalRequestCodec.decode(call.request), headers);
          respond(null, Buffer.from(generalResponseCodec.encode(response)), versionMetadata(headers));
        } catch (thrown) {
          respond(grpcError(ServeError.from(thrown)));
        }
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { endpoint: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}

function versionMetadata(headers: FakeHeaders): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(versionHeader(headers))) metadata.set(name, value);
  return metadata;
}

/** Answers say that what was asked for has run. */
function versionHeader(headers: FakeHeaders): Readonly<Record<string, string>> {
  const version = headers["x-model-version"];
  return version === undefined ? {} : { "x-model-version": version };
}

function grpcError(error: ServeError): object {
  const metadata = new Metadata();
  metadata.set("x-bd-error-code", String(error.code));
  return { code: status.UNKNOWN, details: error.message, metadata };
}

/** The same over HTTP, bytes and JSON. */
export async function startFakeHttp(handler: FakeHandler): Promise<FakeServer> {
  return startHttp(async (request, response) => {
    const isJson = request.headers["content-type"] === "application/json";
    const sent = await buffer(request);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
    const encode = (message: GeneralResponse): Uint8Array | string =>
      isJson ? generalResponseCodec.encodeJson(message) : generalResponseCodec.encode(message);
    const type = { "Content-Type": isJson ? "application/json" : "application/proto" };
    try {
      const message = isJson
        ? generalRequestCodec.decodeJson(String(body))
        : generalRequestCodec.decode(body);
      const headers = request.headers as FakeHeaders;
      const answer = await handler(message, headers);
      response.writeHead(200, { ...type, ...versionHeader(headers) }).end(encode(answer));
    } catch (thrown) {
      const { code, message } = ServeError.from(thrown);
      const answer = { ...emptyResponse, errNo: code, errMsg: message };
      response.writeHead(500, { ...type, "x-bd-error-code": String(code) }).end(encode(answer));
    }
  });
}

/** Any HTTP server. */
export async function startHttp(
  listener: (request: IncomingMessage, response: ServerResponse) => void | Promise<void>,
): Promise<FakeServer> {
  const server = createServer((request, response) => void listener(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { endpoint: `http://127.0.0.1:${port}`, close };
}
