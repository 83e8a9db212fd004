import type { BodyReceiver, ServerStream, StreamHandler } from "../../connection/stream-handler.js";
import { ErrorCode } from "../../frame/error-code.js";
import type { HeaderField } from "../../hpack/header-field.js";

const headers: readonly HeaderField[] = [
  { name: ":status", value: "200" },
  { name: "content-type", value: "application/grpc" },
];
const trailers: readonly HeaderField[] = [{ name: "grpc-status", value: "0" }];

/** What a request may ask for by its path. */
export const soakPaths = ["/echo", "/later", "/early", "/large", "/reset", "/never"] as const;
export type SoakPath = (typeof soakPaths)[number];

/** Bytes of the answer to `/large`: more than a socket takes at once. */
const largeAnswer = Buffer.alloc(200_000);

/** Answers as the path says, and counts the calls that are neither answered nor told of their end. */
export class SoakHandler implements StreamHandler {
  pendingCalls = 0;

  onHeaders(stream: ServerStream, fields: readonly HeaderField[]): BodyReceiver | undefined {
    const path = fields.find(({ name }) => name === ":path")?.value as SoakPath;
    if (path === "/early") {
      stream.respond(headers, new Uint8Array(10), trailers);
      return undefined;
    }
    this.pendingCalls++;
    let size = 0;
    return {
      onData: (piece) => {
        size += piece.length;
      },
      onEnd: () => {
        if (path === "/later") setImmediate(() => this.#respond(stream, new Uint8Array(size)));
        else this.#end(stream, path, size);
      },
      onReset: () => {
        this.pendingCalls--;
      },
    };
  }

  #end(stream: ServerStream, path: SoakPath, size: number): void {
    if (path === "/echo") this.#respond(stream, new Uint8Array(size));
    if (path === "/large") this.#respond(stream, largeAnswer);
    if (path !== "/reset") return;
    this.pendingCalls--;
    stream.reset(ErrorCode.internalError);
  }

  /** A call that was cancelled meanwhile has been told so. */
  #respond(stream: ServerStream, body: Uint8Array): void {
    if (stream.isClosed) return;
    this.pendingCalls--;
    stream.respond(headers, body, trailers);
  }
}
