import { once } from "node:events";
import { connect as connectHttp2, type IncomingHttpHeaders } from "node:http2";
import { text as readText } from "node:stream/consumers";
import {
  type ClientUnaryCall,
  credentials,
  Metadata,
  makeGenericClientConstructor,
  type ServiceError,
  type StatusObject,
} from "@grpc/grpc-js";
import type { OutgoingMeta } from "@paddlewheel/wire";

import { type Answer, BaiduStdPeer, frameOf } from "./baidu-std/peer.js";

/** What any transport says of a call. */
export interface Outcome {
  readonly number: number;
  readonly text: string;
  /** Header, trailing metadata or user field `x-paddlewheel-trace`. */
  readonly trace?: string;
  /** The same of `x-model-version`. */
  readonly versions?: string;
}

/** The reports that came with an answer. */
function reportsOf(header: (name: string) => unknown): Pick<Outcome, "trace" | "versions"> {
  const trace = header("x-paddlewheel-trace") ?? undefined;
  const versions = header("x-model-version") ?? undefined;
  return {
    ...(trace === undefined ? {} : { trace: String(trace) }),
    ...(versions === undefined ? {} : { versions: String(versions) }),
  };
}

export interface TestClient {
  readonly protocol: string;
  call(options: CallOptions): Promise<Outcome>;
  close(): void;
}

export interface CallOptions {
  readonly service?: string;
  readonly method: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Calls by `POST /{service}/{method}` with a body of protobuf bytes. */
export function httpClient(port: number): TestClient {
  return {
    protocol: "http",
    async call({ service = "test.Echo", method, body = "", headers = {}, signal }) {
      const response = await fetch(`http://127.0.0.1:${port}/${service}/${method}`, {
        method: "POST",
        body,
        headers: { "content-type": "application/proto", ...headers },
        ...(signal ? { signal } : {}),
      });
      const number = Number(response.headers.get("x-bd-error-code"));
      return { number, text: await response.text(), ...reportsOf((name) => response.headers.get(name)) };
    },
    close: () => {},
  };
}

/** As `httpClient`, over HTTP/2. */
export function http2Client(port: number): TestClient {
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  return {
    protocol: "http",
    async call({ service = "test.Echo", method, body = "", headers = {}, signal }) {
      const head = {
        ":method": "POST",
        ":path": `/${service}/${method}`,
        "content-type": "application/proto",
      };
      const stream = session.request({ ...head, ...headers }, signal ? { signal } : {});
      const response = once(stream, "response");
      stream.end(body);
      const [received] = (await response) as [IncomingHttpHeaders];
      const text = await readText(stream);
      const number = Number(received["x-bd-error-code"] ?? 0);
      return { number, text, ...reportsOf((name) => received[name]) };
    },
    close: () => session.close(),
  };
}

/** Calls by gRPC with @grpc/grpc-js and raw bytes. */
export function grpcClient(port: number): TestClient {
  const Client = makeGenericClientConstructor({}, "raw");
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const asIs = (bytes: Buffer): Buffer => bytes;
  return {
    protocol: "grpc",
    call({ service = "test.Echo", method, body = "", headers = {}, signal }) {
      const metadata = new Metadata();
      for (const [key, value] of Object.entries(headers)) metadata.set(key, value);
      return new Promise((resolve) => {
        let text = "";
        const done = (_error: ServiceError | null, reply?: Buffer): void => {
          text = reply?.toString("utf8") ?? "";
        };
        const path = `/${service}/${method}`;
        const call: ClientUnaryCall = client.makeUnaryRequest(
          path,
          asIs,
          asIs,
          Buffer.from(body),
          metadata,
          done,
        );
        // Comes after the reply, with the metadata of success and failure alike.
        call.on("status", ({ code, details, metadata: trailers }: StatusObject) => {
          const number = code === 0 ? 0 : Number(trailers.get("x-bd-error-code")[0] ?? Number.NaN);
          const reports = reportsOf((name) => trailers.get(name)[0]);
          resolve({ number, text: code === 0 ? text : details, ...reports });
        });
        signal?.addEventListener("abort", () => call.cancel());
      });
    },
    close: () => client.close(),
  };
}

/**
 * Calls over baidu_std, one connection for all of them for as long as it lasts; headers travel as `user_fields`. As
 * brpc's client does, it calls again when the connection ends without an answer.
 */
export function baiduStdClient(port: number): TestClient {
  let peer: CallingPeer | undefined;
  const ask = async (meta: OutgoingMeta, body: string, signal?: AbortSignal): Promise<Answer | undefined> => {
    const open = peer && !peer.isOver ? peer : await CallingPeer.connect(port);
    peer = open;
    signal?.addEventListener("abort", () => open.peer.close());
    return open.call(meta, body);
  };
  return {
    protocol: "baidu_std",
    async call({ service = "test.Echo", method, body = "", headers = {}, signal }) {
      const request = { serviceName: service, methodName: method };
      const meta = { request, userFields: Object.entries(headers) };
      const first = await ask(meta, body, signal);
      const answer = first || signal?.aborted ? first : await ask(meta, body);
      const { errorCode = Number.NaN, errorText = "" } = answer?.meta.response ?? {};
      const text = errorCode === 0 ? String(answer?.payload) : errorText;
      return { number: errorCode, text, ...reportsOf((name) => answer?.meta.userFields.get(name)) };
    },
    close: () => peer?.peer.close(),
  };
}

/** Gives each answer to its call. */
class CallingPeer {
  readonly peer: BaiduStdPeer;
  readonly #waiting = new Map<bigint, (answer: Answer | undefined) => void>();
  #lastId = 0n;
  #isOver = false;

  private constructor(peer: BaiduStdPeer) {
    this.peer = peer;
    void this.#read();
  }

  static async connect(port: number): Promise<CallingPeer> {
    return new CallingPeer(await BaiduStdPeer.connect(port));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  call(meta: OutgoingMeta, body: string): Promise<Answer | undefined> {
    const correlationId = ++this.#lastId;
    this.peer.write(frameOf({ ...meta, correlationId }, body));
    return new Promise((resolve) => this.#waiting.set(correlationId, resolve));
  }

  async #read(): Promise<void> {
    for (let answer = await this.peer.next(); answer; answer = await this.peer.next()) {
      this.#waiting.get(answer.meta.correlationId)?.(answer);
      this.#waiting.delete(answer.meta.correlationId);
    }
    this.#isOver = true;
    for (const resolve of this.#waiting.values()) resolve(undefined);
  }
}
