import type { Clock } from "@paddlewheel/core";
import {
  type GeneralRequest,
  type GeneralResponse,
  generalModelServiceName,
  generalRequestCodec,
  generalResponseCodec,
} from "@paddlewheel/wire";
import type { CallRequest } from "../call/call-request.js";
import type { ClientSecurity } from "../security/client-security.js";
import { callHost } from "../transport/call-host.js";
import { GrpcHostTransport } from "../transport/grpc/transport.js";
import { CompressType, type HostTransport } from "../transport/host-transport.js";

export interface GrpcCallerOptions {
  readonly clock?: Clock;
  /** Default none: plain connections, and no token. */
  readonly security?: ClientSecurity;
}

/** GeneralModelService over gRPC at one server, without what an engine adds. */
export class GrpcCaller {
  readonly #host: HostTransport;

  /**
   * @param endpoint `host:port`
   * @throws ServeError invalidArgument when it is something else.
   */
  constructor(endpoint: string, options: GrpcCallerOptions = {}) {
    this.#host = new GrpcHostTransport({ address: endpoint, ...options });
  }

  async call(
    request: GeneralRequest,
    { timeoutMs, signal }: Pick<CallRequest, "timeoutMs" | "signal">,
  ): Promise<GeneralResponse> {
    const call = {
      service: generalModelServiceName,
      method: "inference",
      message: generalRequestCodec.encode(request),
      compressType: CompressType.none,
      timeoutMs,
      logId: request.logId,
    };
    const { message } = await callHost(this.#host, call, signal);
    return generalResponseCodec.decode(message);
  }

  close(): void {
    this.#host.close();
  }
}
