import type { IncomingMessage } from "node:http";
import { Code, ServeError } from "@paddlewheel/core";
import { generalModelServiceName, unpackZlib } from "@paddlewheel/wire";
import { generalMessages } from "../../general-messages.js";
import { parseErrorCode } from "../../stopped-call.js";
import { answered } from "../attempt-failure.js";
import type { AttemptOutcome, OutgoingCall } from "../host-transport.js";
import { contentTypes, type HttpFormat } from "./body-options.js";
import { codeOfHttpStatus } from "./status.js";

/** Longest text of an error page that goes into a message. */
const maxErrorText = 1024;

export interface ReadAnswerOptions {
  /** As errors name the server. */
  readonly address: string;
  readonly maxAnswerBytes: number;
  readonly call: OutgoingCall;
  readonly format: HttpFormat | undefined;
}

/** What a whole answer tells its caller. Never rejects. */
export async function readAnswer(
  head: IncomingMessage,
  body: Uint8Array,
  options: ReadAnswerOptions,
): Promise<AttemptOutcome> {
  try {
    const message = await unpack(head, body, options);
    const status = head.statusCode ?? 0;
    if (status >= 200 && status < 300) return { answer: { message, headers: headersOf(head) } };
    return errorOf(head, message, options);
  } catch (error) {
    const { code, message } = ServeError.from(error);
    return answered(new ServeError(code, `${options.address}: ${message}`, { cause: error }), false);
  }
}

function unpack(
  { headers }: IncomingMessage,
  body: Uint8Array,
  { maxAnswerBytes }: ReadAnswerOptions,
): Uint8Array | Promise<Uint8Array> {
  if (headers["content-encoding"] !== "gzip" || body.length === 0) return body;
  const notPacked = (cause: unknown): ServeError =>
    new ServeError(Code.internal, "content-encoding is gzip, the body is not", { cause });
  return unpackZlib(body, { format: "gzip", maxMessageSize: maxAnswerBytes, notPacked });
}

function errorOf(head: IncomingMessage, body: Uint8Array, options: ReadAnswerOptions): AttemptOutcome {
  const status = head.statusCode ?? 0;
  const own = parseErrorCode(textOf(head.headers["x-bd-error-code"]));
  const text = messageOf(head, body, options) || `${options.address} answered with HTTP status ${status}`;
  return answered(new ServeError(own ?? codeOfHttpStatus(status), text), own !== undefined);
}

/** What the response message says when the body is one, else the page that some server on the way sent. */
function messageOf(
  { headers }: IncomingMessage,
  body: Uint8Array,
  { call, format = "proto" }: ReadAnswerOptions,
): string {
  const isMessage = headers["content-type"]?.startsWith(contentTypes[format]);
  const text = isMessage ? errorText(body, call, format) : "";
  // JSON that is none of ours, a gateway's own say, can be shown; bytes cannot.
  if (text || (isMessage && format === "proto")) return text;
  return new TextDecoder().decode(body.subarray(0, maxErrorText)).trim();
}

function errorText(body: Uint8Array, { service, readErrorText }: OutgoingCall, format: HttpFormat): string {
  const read = readErrorText ?? (service === generalModelServiceName ? errorTextOf(format) : undefined);
  try {
    return read?.(body) ?? "";
  } catch {
    return "";
  }
}

function errorTextOf(format: HttpFormat): OutgoingCall["readErrorText"] {
  return (body) => generalMessages[format].decode(body).errMsg;
}

function headersOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  const known = Object.entries(headers).filter(([, value]) => value !== undefined);
  return new Map(known.map(([name, value]) => [name, textOf(value) ?? ""]));
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(", ") : value;
}
