import type { Duplex } from "node:stream";
import { encodeFrame, type Frame, FrameReader, type ReadFrame } from "./frames.js";

/** Sends frames over a stream and hands over those that come. What cannot be read destroys the stream. */
export class FrameChannel {
  readonly #stream: Duplex;

  constructor(stream: Duplex, onFrame: (frame: ReadFrame) => void) {
    this.#stream = stream;
    const reader = new FrameReader(onFrame);
    stream.on("data", (chunk: Uint8Array) => {
      try {
        reader.push(chunk);
      } catch (thrown) {
        stream.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
      }
    });
    // That the other side is gone is told by its end.
    stream.on("error", () => {});
  }

  /** The bytes of the parts must stay as they are until the answer. */
  send(frame: Frame): void {
    this.#stream.cork();
    for (const bytes of encodeFrame(frame)) this.#stream.write(bytes);
    this.#stream.uncork();
  }
}
