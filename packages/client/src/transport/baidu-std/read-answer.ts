import { Code, ServeError } from "@paddlewheel/core";
import { type RpcMeta, unpackMessage, verifyChecksum } from "@paddlewheel/wire";
import { answered } from "../attempt-failure.js";
import type { AttemptOutcome } from "../host-transport.js";
import { errorOf } from "./error-code.js";

export interface ReadAnswerOptions {
  /** As errors name the server. */
  readonly address: string;
  readonly maxAnswerBytes: number;
}

/** What a frame tells its caller; a promise when a large message has to be unpacked. Never throws. */
export function readAnswer(
  meta: RpcMeta,
  payload: Uint8Array,
  options: ReadAnswerOptions,
): AttemptOutcome | Promise<AttemptOutcome> {
  // Compat: an error has no message, whatever its compress_type says.
  if (meta.response && meta.response.errorCode !== Code.ok) return answered(errorOf(meta.response), true);
  const unreadable = (error: unknown): AttemptOutcome => answered(badAnswer(options.address, error), false);
  try {
    return readMessage(meta, payload, { ...options, unreadable });
  } catch (error) {
    return unreadable(error);
  }
}

interface ReadMessageOptions extends ReadAnswerOptions {
  readonly unreadable: (error: unknown) => AttemptOutcome;
}

function readMessage(
  meta: RpcMeta,
  payload: Uint8Array,
  { maxAnswerBytes, unreadable }: ReadMessageOptions,
): AttemptOutcome | Promise<AttemptOutcome> {
  const { attachmentSize, compressType, userFields: headers } = meta;
  if (attachmentSize > payload.length) {
    const text = `attachment_size: ${attachmentSize} is larger than the ${payload.length} bytes behind the meta`;
    throw new ServeError(Code.malformedRequest, text);
  }
  const hasAttachment = attachmentSize > 0;
  const packed = hasAttachment ? payload.subarray(0, payload.length - attachmentSize) : payload;
  const attachment = hasAttachment ? payload.subarray(packed.length) : undefined;
  verifyChecksum(meta, packed, attachment ?? noBytes);
  const message = unpackMessage(packed, { compressType, maxMessageSize: maxAnswerBytes });
  if (!(message instanceof Promise)) return { answer: { message, attachment, headers } };
  return message.then((unpacked) => ({ answer: { message: unpacked, attachment, headers } }), unreadable);
}

/** What servers call a malformed request is, in an answer, the server's fault. */
function badAnswer(address: string, cause: unknown): ServeError {
  const { code, message } = ServeError.from(cause);
  const isTooLarge = code === Code.messageTooLarge;
  return new ServeError(isTooLarge ? code : Code.internal, `${address}: ${message}`, { cause });
}

const noBytes = new Uint8Array(0);
