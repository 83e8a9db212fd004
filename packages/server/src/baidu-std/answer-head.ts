import type { ServeError } from "@paddlewheel/core";
import {
  ChecksumType,
  checksumOf,
  encodeFrameHead,
  type PackedMessage,
  type RpcMeta,
  type RpcResponseMeta,
} from "@paddlewheel/wire";
import type { AnswerReports } from "../rpc/answer-reports.js";

/** What an answer carries behind its meta. */
export interface AnswerContent {
  readonly message: PackedMessage;
  /** `content_type` of the message. */
  readonly contentType: number;
  readonly attachment: Uint8Array | undefined;
  readonly reports: AnswerReports | undefined;
}

const ok: RpcResponseMeta = { errorCode: 0, errorText: "" };

/** The head of the frame that answers `request`; it has a checksum when that had one. */
export function answerHead(request: RpcMeta, content: AnswerContent): Uint8Array {
  const { message, contentType, attachment, reports } = content;
  const attachmentSize = attachment?.length ?? 0;
  const meta = {
    response: ok,
    compressType: message.compressType,
    correlationId: request.correlationId,
    attachmentSize,
    contentType,
    userFields: reports,
  };
  const payloadSize = message.bytes.length + attachmentSize;
  if (request.checksumType !== ChecksumType.crc32c) return encodeFrameHead(meta, payloadSize);
  return encodeFrameHead({ ...meta, ...checksumFields(request, content) }, payloadSize);
}

/** The whole frame that tells an error: it has no message. */
export function errorFrame(
  { correlationId }: RpcMeta,
  { code, message }: ServeError,
  reports?: AnswerReports,
): Uint8Array {
  const response = { errorCode: code, errorText: message };
  return encodeFrameHead({ response, correlationId, userFields: reports }, 0);
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
