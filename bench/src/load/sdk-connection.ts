import {
  CompressType,
  createHostTransport,
  type HostTransport,
  type OutgoingCall,
  type TransportProtocol,
} from "@paddlewheel/client";
import { inferenceName } from "../workloads/bench-service.js";
import { type CallConnection, type CallReceiver, type CallTarget, clientTimeoutMs } from "./caller.js";

/** A host transport of our SDK, as its clients use it. */
export class SdkConnection implements CallConnection {
  readonly #transport: HostTransport;
  readonly #call: Omit<OutgoingCall, "message">;

  constructor(protocol: TransportProtocol, { port, service }: CallTarget) {
    this.#transport = createHostTransport(protocol, { address: `127.0.0.1:${port}` });
    this.#call = {
      service,
      method: inferenceName,
      compressType: CompressType.none,
      timeoutMs: clientTimeoutMs,
      logId: 0n,
    };
  }

  call(message: Buffer, receiver: CallReceiver): void {
    this.#transport.start({ ...this.#call, message }, (outcome) => {
      if ("answer" in outcome) receiver.onAnswer(outcome.answer.message);
      else receiver.onFailure(outcome.error.message);
    });
  }

  close(): void {
    this.#transport.close();
  }
}
