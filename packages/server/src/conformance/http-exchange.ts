import { once } from "node:events";
import { request as requestHttp1 } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { buffer } from "node:stream/consumers";

export interface HttpExchange {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export interface HttpOutcome {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** As it was sent. */
  readonly body: Buffer;
}

/** One request with whatever method, headers and body, and its answer. */
export type Exchange = (port: number, exchange: HttpExchange) => Promise<HttpOutcome>;

/** By version of HTTP. */
export const exchanges: Readonly<Record<string, Exchange>> = {
  "HTTP/1.1": async (port, { method = "POST", path, headers = {}, body = "" }) => {
    const length = { "content-length": Buffer.byteLength(body) };
    const options = {
      host: "127.0.0.1",
      port,
      method,
      path,
      headers: { ...length, ...headers },
      agent: false,
    };
    const request = requestHttp1(options);
    const answer = new Promise<HttpOutcome>((resolve, reject) => {
      request.on("error", reject);
      request.on("response", (response) => {
        const { statusCode: status = 0, headers: received } = response;
        buffer(response).then((bytes) => resolve({ status, headers: received, body: bytes }), reject);
      });
    });
    request.end(body);
    return await answer;
  },
  "HTTP/2": async (port, { method = "POST", path, headers = {}, body = "" }) => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    try {
      const stream = session.request({ ":method": method, ":path": path, ...headers }, { endStream: false });
      stream.end(body);
      const [received] = (await once(stream, "response")) as [Record<string, unknown>];
      return { status: Number(received[":status"]), headers: received, body: await buffer(stream) };
    } finally {
      session.close();
    }
  },
};
