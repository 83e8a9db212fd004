import type { ServeError } from "@paddlewheel/core";
import {
  ChecksumType,
  checksumOf,
  encodeFrameHead,
  type PackedMessage,
  type RpcMeta,
  type RpcResponseMeta,
} from "@paddlewheel/wire";
import { traceHeader } from "../rpc/call-headers.js";

/** What an answer carries behind its meta. */
export interface AnswerContent {
  readonly message: PackedMessage;
  /** `content_type` of the message. */
  readonly contentType: number;
  readonly attachment: Uint8Array | undefined;
  /** For a caller that asked for it. */
  readonly traceReport: string | undefined;
}

const ok: RpcResponseMeta = { errorCode: 0, errorText: "" };

/** The head of the frame that answers `request`; it has a checksum when that had one. */
export function answerHead(request: RpcMeta, content: AnswerContent): Uint8Array {
  const { message, contentType, attachment, traceReport } = content;
  const attachmentSize = attachment?.length ?? 0;
  const meta = {
    response: ok,
    compressType: message.compressType,
    correlationId: request.correlationId,
    attachmentSize,
    contentType,
    ...(traceReport === undefined ? {} : traceField(traceReport)),
    ...(request.checksumType === ChecksumType.crc32c ? checksumFields(request, content) : {}),
  };
  return encodeFrameHead(meta, message.bytes.length + attachmentSize);
}

/** The whole frame that tells an error: it has no message. */
export function errorFrame(
  { correlationId }: RpcMeta,
  { code, message }: ServeError,
  traceReport?: string,
): Uint8Array {
  const response = { errorCode: code, errorText: message };
  const trace = traceReport === undefined ? {} : traceField(traceReport);
  return encodeFrameHead({ response, correlationId, ...trace }, 0);
}

function traceField(traceReport: string): Pick<RpcMeta, "userFields"> {
  return { userFields: new Map([[traceHeader, traceReport]]) };
}

function checksumFields(
  { isChecksumWithAttachment }: RpcMeta,
  { message, attachment }: AnswerContent,
): Pick<RpcMeta, "checksumType" | "checksumValue" | "isChecksumWithAttachment"> {
  return {
    checksumType: ChecksumType.crc32c,
    checksumValue: checksumOf(message.bytes, isChecksumWithAttachment ? attachment : undefined),
    isChecksumWithAttachment,
  };
}
