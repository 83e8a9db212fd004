import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { Code, ServeError } from "@paddlewheel/core";
import {
  type GeneralRequest,
  type GeneralResponse,
  generalModelServiceName,
  generalRequestCodec,
  generalResponseCodec,
} from "@paddlewheel/wire";
import type { CallTransport, TransportCallOptions } from "../call-transport.js";
import { aborted, parseErrorCode, timedOut } from "../stopped-call.js";
import { codeOfStatus } from "./status.js";

const inferencePath = `/${generalModelServiceName}/inference`;

/** Largest answer in bytes. Source: FLAGS_max_body_size of Paddle Serving's Python client. */
const maxAnswerBytes = 512 * 1024 * 1024;

/** gRPC without TLS to one server. */
export class GrpcTransport implements CallTransport {
  readonly #endpoint: string;
  readonly #client: Client;

  /** @param endpoint `host:port` */
  constructor(endpoint: string) {
    this.#endpoint = endpoint;
    this.#client = new Client(endpoint, credentials.createInsecure(), {
      "grpc.max_receive_message_length": maxAnswerBytes,
    });
  }

  async call(request: GeneralRequest, options: TransportCallOptions): Promise<GeneralResponse> {
    const bytes = generalRequestCodec.encode(request);
    const metadata = new Metadata();
    if (request.logId !== 0n) metadata.set("log-id", String(request.logId));
    return generalResponseCodec.decode(await this.#callUnary({ bytes, metadata, ...options }));
  }

  close(): void {
    this.#client.close();
  }

  #callUnary({ bytes, metadata, timeoutMs, signal }: UnaryCall): Promise<Uint8Array> {
    if (signal?.aborted) return Promise.reject(aborted(signal));
    return new Promise((resolve, reject) => {
      const call = this.#client.makeUnaryRequest(
        inferencePath,
        asBuffer,
        asIs,
        bytes,
        metadata,
        { deadline: Date.now() + timeoutMs },
        (error, answer) => {
          signal?.removeEventListener("abort", cancel);
          if (answer) resolve(answer);
          else if (signal?.aborted) reject(aborted(signal));
          else reject(failure(this.#endpoint, error, timeoutMs));
        },
      );
      const cancel = (): void => call.cancel();
      signal?.addEventListener("abort", cancel, { once: true });
    });
  }
}

interface UnaryCall extends TransportCallOptions {
  readonly bytes: Uint8Array;
  readonly metadata: Metadata;
}

/** What the server says passes unchanged; what the transport says gets the name of the peer. */
function failure(endpoint: string, error: ServiceError | null, timeoutMs: number): ServeError {
  if (!error) return new ServeError(Code.internal, `${endpoint} answered with nothing`);
  const sent = parseErrorCode(error.metadata?.get("x-bd-error-code")[0]?.toString());
  if (sent !== undefined) return new ServeError(sent, error.details, { cause: error });
  if (error.code === status.DEADLINE_EXCEEDED) return timedOut(endpoint, timeoutMs);
  return new ServeError(codeOfStatus[error.code] ?? Code.internal, `${endpoint}: ${error.details}`, {
    cause: error,
  });
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function asIs(bytes: Buffer): Uint8Array {
  return bytes;
}
