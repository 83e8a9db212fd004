import { Client, credentials } from "@grpc/grpc-js";
import { inferencePath } from "../workloads/bench-service.js";
import { type CallConnection, type CallReceiver, type CallTarget, clientTimeoutMs } from "./caller.js";

const keepBytes = (bytes: Buffer): Buffer => bytes;

/** The client of grpc-js; no message is encoded or decoded on either side of the comparison. */
export class GrpcJsConnection implements CallConnection {
  readonly #client: Client;
  readonly #path: string;

  constructor({ port, service }: CallTarget) {
    this.#path = inferencePath(service);
    // Without this all clients of a process would share one connection.
    this.#client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  call(message: Buffer, receiver: CallReceiver): void {
    const deadline = Date.now() + clientTimeoutMs;
    this.#client.makeUnaryRequest(
      this.#path,
      keepBytes,
      keepBytes,
      message,
      { deadline },
      (error, answer) => {
        if (answer) receiver.onAnswer(answer);
        else receiver.onFailure(error?.message ?? "the server answered without a message");
      },
    );
  }

  close(): void {
    this.#client.close();
  }
}
