import { modelVersionHeader } from "@paddlewheel/core";
import type { GeneralRequest, GeneralResponse } from "@paddlewheel/wire";
import type { CallRequest } from "../call/call-request.js";
import { generalMessages } from "../general-messages.js";
import type { CompressType } from "../transport/host-transport.js";
import type { HttpFormat } from "../transport/http/body-options.js";
import type { ConnectedTarget } from "./connect-target.js";

/** What all calls to a service have. */
export interface ServiceCall {
  readonly service: string;
  readonly compressType: CompressType;
  readonly headers: ReadonlyMap<string, string>;
  /** What messages are; `json` only over HTTP. */
  readonly format: HttpFormat;
}

/** What one call has beside its request. */
export interface GeneralCallOptions extends Pick<CallRequest, "timeoutMs" | "signal"> {
  readonly modelVersion: string | undefined;
}

/** A response, and from where. */
export interface GeneralAnswer {
  readonly response: GeneralResponse;
  /** The address of the server that answered. */
  readonly host: string;
  /** What ran, as the server says it; undefined when it does not. */
  readonly modelVersion: string | undefined;
}

/** The inference method of GeneralModelService, or of a service with its messages, at the servers of a target. */
export class GeneralModelTransport {
  readonly #target: ConnectedTarget;
  readonly #call: ServiceCall;

  constructor(target: ConnectedTarget, call: ServiceCall) {
    this.#target = target;
    this.#call = call;
  }

  /** @throws ServeError of the call, and of an answer that is no response. */
  async call(request: GeneralRequest, options: GeneralCallOptions): Promise<GeneralAnswer> {
    const { format, headers, ...call } = this.#call;
    const { modelVersion, ...limits } = options;
    const { encode, decode } = generalMessages[format];
    await this.#target.ready();
    const {
      message,
      host,
      headers: answered,
    } = await this.#target.call({
      ...call,
      ...limits,
      method: "inference",
      message: encode(request),
      logId: request.logId,
      headers: modelVersion === undefined ? headers : new Map(headers).set(modelVersionHeader, modelVersion),
      readErrorText: (bytes) => decode(bytes).errMsg,
    });
    return { response: decode(message), host, modelVersion: answered.get(modelVersionHeader) };
  }

  /** Idempotent. */
  close(): void {
    this.#target.close();
  }
}
