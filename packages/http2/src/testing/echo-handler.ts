import type { BodyReceiver, ServerStream, StreamHandler } from "../connection/stream-handler.js";
import type { HeaderField } from "../hpack/header-field.js";

const headers: readonly HeaderField[] = [
  { name: ":status", value: "200" },
  { name: "content-type", value: "application/grpc" },
];
const trailers: readonly HeaderField[] = [{ name: "grpc-status", value: "0" }];

/** Answers every request with its own body. */
export class EchoHandler implements StreamHandler {
  onHeaders(stream: ServerStream): BodyReceiver {
    return new EchoCall(stream);
  }
}

class EchoCall implements BodyReceiver {
  readonly #stream: ServerStream;
  readonly #pieces: Uint8Array[] = [];

  constructor(stream: ServerStream) {
    this.#stream = stream;
  }

  onData(piece: Uint8Array): void {
    this.#pieces.push(piece.slice());
  }

  onEnd(): void {
    this.#stream.respond(headers, Buffer.concat(this.#pieces), trailers);
  }

  onReset(): void {}
}
