import { ServeError } from "@paddlewheel/core/message";
import { parseErrorCode } from "../../stopped-call.js";
import { contentTypes, type HttpFormat } from "./body-options.js";
import { codeOfHttpStatus } from "./status.js";

/** Longest text of an error page that goes into a message. */
const maxErrorText = 1024;

/** An answer whose status says that the call failed. */
export interface FailedAnswer {
  readonly status: number;
  /** By its lower-case name. */
  header(name: string): string | null | undefined;
  readonly body: Uint8Array;
}

export interface ErrorOfAnswerOptions {
  /** As errors name the server. */
  readonly peer: string;
  readonly format: HttpFormat;
  /** Of a body that is a message; may throw for one it cannot read. */
  readonly readErrorText: ((body: Uint8Array) => string) | undefined;
}

/** What an answer says went wrong, and whether the code is the server's own and not taken from the status. */
export function errorOfAnswer(
  answer: FailedAnswer,
  options: ErrorOfAnswerOptions,
): { readonly error: ServeError; readonly isOwnCode: boolean } {
  const { status } = answer;
  const own = parseErrorCode(answer.header("x-bd-error-code"));
  const text = textOf(answer, options) || `${options.peer} answered with HTTP status ${status}`;
  return { error: new ServeError(own ?? codeOfHttpStatus(status), text), isOwnCode: own !== undefined };
}

/** What the message in the body says, else the page that some server on the way sent. */
function textOf(answer: FailedAnswer, { format, readErrorText }: ErrorOfAnswerOptions): string {
  const { body } = answer;
  const isMessage = answer.header("content-type")?.startsWith(contentTypes[format]);
  const text = isMessage ? messageText(body, readErrorText) : "";
  // JSON that is none of ours, a gateway's own say, can be shown; bytes cannot.
  if (text || (isMessage && format === "proto")) return text;
  return new TextDecoder().decode(body.subarray(0, maxErrorText)).trim();
}

function messageText(body: Uint8Array, readErrorText: ErrorOfAnswerOptions["readErrorText"]): string {
  try {
    return readErrorText?.(body) ?? "";
  } catch {
    return "";
  }
}
