import { ConnectionError } from "./connection-error.js";
import { ErrorCode } from "./error-code.js";
import { FrameFlag, FrameType } from "./frame-type.js";

export interface FrameHeader {
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
}

/**
 * Refuses a frame whose header alone breaks a rule, so before a byte of its payload is kept. The RFC lets some of these
 * be stream errors; a peer that cannot write frames is better rid of as a whole (§5.4.1 allows it).
 * @throws ConnectionError frameSizeError or protocolError.
 */
export function checkFrameHeader(header: FrameHeader, maxFrameSize: number): void {
  if (header.length > maxFrameSize) {
    throw new ConnectionError(
      ErrorCode.frameSizeError,
      `a frame of ${header.length} bytes came, ${maxFrameSize} are allowed`,
    );
  }
  checkStreamId(header);
  if (!hasFittingLength(header)) {
    throw new ConnectionError(
      ErrorCode.frameSizeError,
      `a frame of type ${header.type} cannot have ${header.length} bytes`,
    );
  }
}

function checkStreamId({ type, streamId }: FrameHeader): void {
  const rule = streamRule(type);
  if (rule === "either" || (rule === "stream") === streamId > 0) return;
  const where = streamId > 0 ? `stream ${streamId}` : "the connection";
  throw new ConnectionError(ErrorCode.protocolError, `a frame of type ${type} cannot stand on ${where}`);
}

/** Whether a frame type belongs to a stream, to the connection, or may stand on either. */
function streamRule(type: number): "stream" | "connection" | "either" {
  switch (type) {
    case FrameType.settings:
    case FrameType.ping:
    case FrameType.goaway:
      return "connection";
    case FrameType.data:
    case FrameType.headers:
    case FrameType.priority:
    case FrameType.rstStream:
    case FrameType.pushPromise:
    case FrameType.continuation:
      return "stream";
    default:
      return "either";
  }
}

function hasFittingLength({ type, flags, length }: FrameHeader): boolean {
  switch (type) {
    case FrameType.data:
      return length >= (flags & FrameFlag.padded ? 1 : 0);
    case FrameType.headers:
      return length >= (flags & FrameFlag.padded ? 1 : 0) + (flags & FrameFlag.priority ? 5 : 0);
    case FrameType.priority:
      return length === 5;
    case FrameType.rstStream:
    case FrameType.windowUpdate:
      return length === 4;
    case FrameType.settings:
      return flags & FrameFlag.ack ? length === 0 : length % 6 === 0;
    case FrameType.ping:
      return length === 8;
    case FrameType.goaway:
      return length >= 8;
    default:
      return true;
  }
}
