import {
  type GeneralRequest,
  type GeneralResponse,
  generalRequestCodec,
  generalResponseCodec,
} from "@paddlewheel/wire";
import type { CallRequest } from "../call/call-request.js";
import type { CallTransport, TransportCallOptions } from "../call-transport.js";
import type { ConnectedTarget } from "./connect-target.js";

/** What all calls to a service have. */
export type ServiceCall = Pick<CallRequest, "service" | "headers"> &
  Required<Pick<CallRequest, "compressType">>;

/** The inference method of GeneralModelService, or of a service with its messages, at the servers of a target. */
export class GeneralModelTransport implements CallTransport {
  readonly #target: ConnectedTarget;
  readonly #call: ServiceCall;

  constructor(target: ConnectedTarget, call: ServiceCall) {
    this.#target = target;
    this.#call = call;
  }

  async call(request: GeneralRequest, { timeoutMs, signal }: TransportCallOptions): Promise<GeneralResponse> {
    await this.#target.ready();
    const { message } = await this.#target.call({
      ...this.#call,
      method: "inference",
      message: generalRequestCodec.encode(request),
      timeoutMs,
      logId: request.logId,
      signal,
    });
    return generalResponseCodec.decode(message);
  }

  close(): void {
    this.#target.close();
  }
}
