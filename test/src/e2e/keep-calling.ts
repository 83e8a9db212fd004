import { Agent, request } from "node:http";
import { type ClientHttp2Session, connect as connectHttp2, constants } from "node:http2";
import { gunzipSync } from "node:zlib";
import { status } from "@grpc/grpc-js";
import { Code } from "@paddlewheel/core";
import { createDeferred } from "@paddlewheel/core/testing";
import { BaiduStdConnection } from "./baidu-std-connection.js";
import { grpcCall, rawGrpcClient } from "./clients.js";
import { decodeResponse, encodeRequest, serviceName } from "./proto-messages.js";
import { slowRequest } from "./slow-model.js";

/**
 * How one call ended for its caller.
 *
 * - `answered`: with the right answer.
 * - `refused`: it never reached the server, and the caller can know it: the connection was not made, or it was new and
 *   broke before a byte came back (a system accepts connections for a program that has stopped listening), or gRPC says
 *   UNAVAILABLE, or baidu_std ELOGOFF. Such a call may be sent elsewhere.
 * - `lost`: anything else; a connection that had served calls before broke under this one, or the answer is an error.
 */
export interface CallEnd {
  readonly requestId: string;
  readonly end: "answered" | "refused" | "lost";
  readonly detail: string;
}

export interface Lanes {
  /** All calls so far. */
  readonly ends: readonly CallEnd[];
  /** Settles when so many calls as wanted have ended. */
  readonly warm: Promise<void>;
  /** Settles when every lane has ended. */
  readonly done: Promise<unknown>;
}

export interface LaneOptions {
  readonly port: number;
  readonly rounds: number;
  /** Calls at once. */
  readonly lanes: number;
  /** Calls until `warm`. */
  readonly warmCalls: number;
  /** Lanes go on, whatever becomes of their calls, until it is aborted; gRPC repeats what was not begun. Default: each ends with its first call that was not answered. */
  readonly until?: AbortSignal;
}

/** Calls by HTTP, each lane on a connection of its own that it keeps, one call after the other. */
export function keepCallingHttp(options: LaneOptions): Lanes {
  return keepCalling("http", options, () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    return (id, requestId) => callHttp({ agent, port: options.port, rounds: options.rounds, id, requestId });
  });
}

/** Calls by gRPC, all lanes on one connection. */
export function keepCallingGrpc(options: LaneOptions): Lanes {
  const client = rawGrpcClient(options.port, { repeats: options.until !== undefined });
  const lanes = keepCalling("grpc", options, () => async (id, requestId) => {
    const body = encodeRequest(slowRequest(options.rounds, id));
    const reply = await grpcCall(client, body, { headers: { "x-request-id": requestId } });
    if (reply.status === status.UNAVAILABLE) return { requestId, end: "refused", detail: reply.text };
    const isRight = reply.response?.outputs[0]?.tensor[0]?.float_data[0] === id;
    return { requestId, end: isRight ? "answered" : "lost", detail: `${reply.status} ${reply.text}` };
  });
  return { ...lanes, done: lanes.done.finally(() => client.close()) };
}

/** Calls by baidu_std, all lanes on one connection. A stopping server refuses with ELOGOFF, or ends the connection first. */
export function keepCallingBaiduStd(options: LaneOptions): Lanes {
  const connection = new BaiduStdConnection(options.port);
  const lanes = keepCalling("baidu_std", options, () => async (id, requestId) => {
    const request = { serviceName, methodName: "inference", requestId };
    const answer = await connection.call(request, encodeRequest(slowRequest(options.rounds, id)));
    const { errorCode = Code.ok, errorText = "the connection ended" } = answer?.meta.response ?? {};
    if (!answer || errorCode === Code.unavailable) return { requestId, end: "refused", detail: errorText };
    const isRight = errorCode === Code.ok && firstFloat(Buffer.from(answer.payload)) === id;
    return { requestId, end: isRight ? "answered" : "lost", detail: `${errorCode} ${errorText}` };
  });
  return { ...lanes, done: lanes.done.finally(() => connection.close()) };
}

/** Calls by plain HTTP over HTTP/2, all lanes on one connection. */
export function keepCallingHttp2({ port, rounds, ...options }: LaneOptions): Lanes {
  const session = connectHttp2(`http://127.0.0.1:${port}`).on("error", () => {});
  const lanes = keepCalling("http2", { port, rounds, ...options }, () => (id, requestId) => {
    return callHttp2({ session, rounds, id, requestId });
  });
  return { ...lanes, done: lanes.done.finally(() => session.destroy()) };
}

type OneCall = (id: number, requestId: string) => Promise<CallEnd>;

function keepCalling(protocol: string, options: LaneOptions, createLane: () => OneCall): Lanes {
  const { lanes, warmCalls, until } = options;
  const warm = createDeferred<void>();
  const ends: CallEnd[] = [];
  let count = 0;
  const runLane = async (call: OneCall): Promise<void> => {
    for (;;) {
      const id = ++count;
      const end = await call(id, `${protocol}-${id}`);
      ends.push(end);
      if (ends.length >= warmCalls) warm.resolve();
      if (until ? until.aborted : end.end !== "answered") return;
    }
  };
  const done = Promise.all(Array.from({ length: lanes }, () => runLane(createLane())));
  return { ends, warm: warm.promise, done };
}

interface HttpCall {
  readonly agent: Agent;
  readonly port: number;
  readonly rounds: number;
  readonly id: number;
  readonly requestId: string;
}

function callHttp({ agent, port, rounds, id, requestId }: HttpCall): Promise<CallEnd> {
  return new Promise((resolve) => {
    // A packed answer leaves the server some time after the call is over there.
    const encoding = { "accept-encoding": "gzip" };
    const headers = { ...encoding, "content-type": "application/proto", "x-request-id": requestId };
    const path = `/${serviceName}/inference`;
    const sent = request({ host: "127.0.0.1", port, path, method: "POST", agent, headers });
    let hasAnswer = false;
    const failed = ({ message }: Error): void => {
      resolve({ requestId, end: sent.reusedSocket || hasAnswer ? "lost" : "refused", detail: message });
    };
    sent.on("error", failed);
    sent.on("response", (response) => {
      hasAnswer = true;
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", failed);
      response.on("end", () => {
        const isRight = response.statusCode === 200 && firstFloat(gunzipSync(Buffer.concat(chunks))) === id;
        resolve({ requestId, end: isRight ? "answered" : "lost", detail: String(response.statusCode) });
      });
    });
    sent.end(encodeRequest(slowRequest(rounds, id)));
  });
}

interface Http2Call extends Pick<HttpCall, "rounds" | "id" | "requestId"> {
  readonly session: ClientHttp2Session;
}

/** A request behind those that GOAWAY names is refused, and one for which there is no connection any more. */
function callHttp2({ session, rounds, id, requestId }: Http2Call): Promise<CallEnd> {
  if (session.closed || session.destroyed) {
    return Promise.resolve({ requestId, end: "refused", detail: "the connection takes no more requests" });
  }
  const head = { "content-type": "application/proto", "x-request-id": requestId };
  const stream = session.request({ ":method": "POST", ":path": `/${serviceName}/inference`, ...head });
  const chunks: Buffer[] = [];
  let status = 0;
  stream.on("error", () => {});
  stream.on("response", (headers) => {
    status = headers[":status"] ?? 0;
  });
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.end(encodeRequest(slowRequest(rounds, id)));
  return new Promise((resolve) => {
    stream.on("close", () => {
      const isRefused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
      const isRight = status === 200 && firstFloat(Buffer.concat(chunks)) === id;
      const detail = `status ${status}, reset ${stream.rstCode}`;
      resolve({ requestId, end: isRight ? "answered" : isRefused ? "refused" : "lost", detail });
    });
  });
}

function firstFloat(body: Buffer): unknown {
  return decodeResponse(body).outputs[0]?.tensor[0]?.float_data[0];
}
