import { Agent, request } from "node:http";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { Code } from "@paddlewheel/core";
import { createDeferred } from "@paddlewheel/core/testing";
import { type BaiduStdAnswer, BaiduStdConnection } from "./baidu-std-connection.js";
import {
  decodeResponse,
  encodeRequest,
  parseResponse,
  type RequestMessage,
  type ResponseMessage,
  requestJson,
  serviceName,
} from "./proto-messages.js";

/** What a server said of a call, whatever the transport. */
export interface Reply {
  /** The number of the code: `x-bd-error-code`, 0 for success. */
  readonly number: number;
  /** HTTP or gRPC status; baidu_std has none but the number. */
  readonly status: number;
  /** Why it failed; empty for success. */
  readonly text: string;
  readonly response: ResponseMessage | undefined;
}

export interface SendOptions {
  /** Default: GeneralModelService/inference by its full name. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One way to call a server. */
export interface WireClient {
  readonly protocol: "HTTP/JSON" | "HTTP/proto" | "gRPC" | "baidu_std";
  encode(message: RequestMessage): Buffer;
  /** Sends bytes as they are. */
  send(body: Buffer, options?: SendOptions): Promise<Reply>;
  close(): void;
}

const inferencePath = `/${serviceName}/inference`;

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface HttpRequest extends SendOptions {
  readonly port: number;
  /** Default POST. */
  readonly method?: string;
  /** Pieces are sent as chunks; one buffer goes with its length. */
  readonly body?: Buffer | string | readonly Buffer[];
  readonly agent?: Agent;
}

/** One HTTP request; fails only when no whole answer came. */
export function httpRequest(options: HttpRequest): Promise<HttpReply> {
  const { port, path = inferencePath, method = "POST", headers = {}, agent, body = "" } = options;
  const { promise, resolve, reject } = createDeferred<HttpReply>();
  const whole = typeof body === "string" || Buffer.isBuffer(body);
  const length = whole ? { "content-length": String(Buffer.byteLength(body)) } : {};
  const sent = request({
    host: "127.0.0.1",
    port,
    path,
    method,
    headers: { ...length, ...headers },
    ...(agent ? { agent } : {}),
  });
  sent.on("error", reject);
  sent.on("response", (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () =>
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
    );
  });
  if (whole) sent.end(body);
  else {
    for (const piece of body) sent.write(piece);
    sent.end();
  }
  return promise;
}

/** Posts JSON text or protobuf bytes over connections that stay open. */
export function httpClient(port: number, protocol: "HTTP/JSON" | "HTTP/proto"): WireClient {
  const agent = new Agent({ keepAlive: true });
  const isJson = protocol === "HTTP/JSON";
  const contentType = isJson ? "application/json" : "application/proto";
  return {
    protocol,
    encode: (message) => (isJson ? Buffer.from(requestJson(message)) : encodeRequest(message)),
    async send(body, options = {}) {
      const headers = { "content-type": contentType, ...options.headers };
      return httpOutcome(await httpRequest({ ...options, port, agent, body, headers }));
    },
    close: () => agent.destroy(),
  };
}

/** Reads an HTTP answer in the format it says it has. */
export function httpOutcome({ status, headers, body }: HttpReply): Reply {
  const type = String(headers["content-type"]);
  const isMessage = type.startsWith("application/");
  const response = !isMessage
    ? undefined
    : type === "application/json"
      ? parseResponse(body.toString("utf8"))
      : decodeResponse(body);
  const text = response ? response.err_msg : body.toString("utf8");
  return { status, number: Number(headers["x-bd-error-code"] ?? 0), text, response };
}

/** Calls by gRPC on one connection. */
export function grpcClient(port: number): WireClient {
  const client = rawGrpcClient(port);
  return {
    protocol: "gRPC",
    encode: encodeRequest,
    send: (body, options) => grpcCall(client, body, options),
    close: () => client.close(),
  };
}

/**
 * A connection of its own to the server, whatever other clients of this process have open. By default it repeats no call,
 * where gRPC's clients repeat those that a server has not begun.
 */
export function rawGrpcClient(
  port: number,
  { repeats = false }: { readonly repeats?: boolean } = {},
): Client {
  return new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
    "grpc.enable_retries": repeats ? 1 : 0,
  });
}

/** One unary call with bytes as they are. */
export function grpcCall(client: Client, body: Buffer, options: SendOptions = {}): Promise<Reply> {
  const { path = inferencePath, headers = {} } = options;
  const { promise, resolve } = createDeferred<Reply>();
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
  const asIs = (bytes: Buffer): Buffer => bytes;
  client.makeUnaryRequest(path, asIs, asIs, body, metadata, (error, reply) =>
    resolve(
      error
        ? grpcFailure(error)
        : { status: 0, number: 0, text: "", response: decodeResponse(reply ?? Buffer.alloc(0)) },
    ),
  );
  return promise;
}

function grpcFailure({ code, details, metadata }: ServiceError): Reply {
  const number = Number(metadata.get("x-bd-error-code")[0] ?? Number.NaN);
  return { status: code, number, text: details, response: undefined };
}

/**
 * Calls by baidu_std on one connection; headers go as `user_fields`. As brpc's client does, it calls again over a new
 * connection when the one it had ends without an answer.
 */
export function baiduStdClient(port: number): WireClient {
  let connection: BaiduStdConnection | undefined;
  const call = async (
    body: Buffer,
    { path = inferencePath, headers = {} }: SendOptions,
  ): Promise<BaiduStdAnswer> => {
    const [, service = "", methodName = ""] = path.split("/");
    const userFields = Object.entries(headers);
    const isNew = !connection || connection.isOver;
    const current = connection && !isNew ? connection : new BaiduStdConnection(port);
    connection = current;
    const answer = await current.call({ serviceName: service, methodName }, body, { userFields });
    return answer || isNew ? answer : call(body, { path, headers });
  };
  return {
    protocol: "baidu_std",
    encode: encodeRequest,
    async send(body, options = {}) {
      const answer = await call(body, options);
      if (!answer) throw new Error("the connection ended before its answer");
      const { errorCode = Code.internal, errorText = "" } = answer.meta.response ?? {};
      const response = errorCode === Code.ok ? decodeResponse(Buffer.from(answer.payload)) : undefined;
      return { number: errorCode, status: errorCode, text: errorText, response };
    },
    close: () => connection?.close(),
  };
}

/** One client of each kind. */
export function wireClients(port: number): readonly WireClient[] {
  return [
    httpClient(port, "HTTP/JSON"),
    httpClient(port, "HTTP/proto"),
    grpcClient(port),
    baiduStdClient(port),
  ];
}
