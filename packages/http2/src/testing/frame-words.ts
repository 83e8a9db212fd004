import { ErrorCode } from "../frame/error-code.js";
import { FrameReader } from "../frame/frame-reader.js";
import { HpackDecoder } from "../hpack/hpack-decoder.js";
import { type RecordedFrame, RecordingVisitor } from "./recording-visitor.js";

/** Reads what an end of a connection sends, in words. */
export class FrameWords {
  readonly #decoder = new HpackDecoder();
  readonly #visitor = new RecordingVisitor();
  readonly #reader = new FrameReader(this.#visitor, {
    maxFrameSize: 2 ** 24 - 1,
    maxHeaderBlockSize: 2 ** 24,
    maxContinuations: 100,
  });

  /** The frames in `bytes`, which end with one. */
  frames(pieces: readonly Uint8Array[]): readonly RecordedFrame[] {
    for (const piece of pieces) this.#reader.read(piece);
    return this.#visitor.frames.splice(0);
  }

  /** A line for each frame. */
  lines(pieces: readonly Uint8Array[]): readonly string[] {
    const frames = this.frames(pieces);
    return frames.filter(({ type }) => type !== "dataEnd").map((frame) => this.#inWords(frame));
  }

  #inWords(frame: RecordedFrame): string {
    switch (frame.type) {
      case "data":
        return `DATA ${frame.streamId} ${shortened(frame.data)}${frame.isEnd ? " END" : ""}`;
      case "headers":
        return `HEADERS ${frame.streamId} ${this.#fieldsInWords(frame.block)}${frame.isEnd ? " END" : ""}`;
      case "rstStream":
        return `RST_STREAM ${frame.streamId} ${codeName(frame.code)}`;
      case "settings":
        return `SETTINGS ${frame.payload}`;
      case "settingsAck":
        return "SETTINGS ACK";
      case "ping":
        return `PING ${frame.payload}${frame.isAck ? " ACK" : ""}`;
      case "goaway":
        return `GOAWAY ${frame.lastStreamId} ${codeName(frame.code)}`;
      case "windowUpdate":
        return `WINDOW_UPDATE ${frame.streamId} ${frame.increment}`;
      default:
        return frame.type;
    }
  }

  #fieldsInWords(block: Uint8Array): string {
    const { fields } = this.#decoder.decode(block);
    return fields.map(({ name, value }) => `${name}=${value}`).join(" ");
  }
}

/** The name of an error code as ErrorCode has it. */
export function codeName(code: number): string {
  return Object.entries(ErrorCode).find(([, value]) => value === code)?.[0] ?? String(code);
}

/** `aaaa…` of a body of one letter is its length. */
function shortened(text: string): string {
  return text.length > 32 ? `${text.slice(0, 4)}*${text.length}` : text;
}
