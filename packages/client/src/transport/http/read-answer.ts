import type { IncomingMessage } from "node:http";
import { Code, ServeError } from "@paddlewheel/core";
import { generalModelServiceName, unpackZlib } from "@paddlewheel/wire";
import { generalMessages } from "../../general-messages.js";
import { answered } from "../attempt-failure.js";
import type { AttemptOutcome, OutgoingCall } from "../host-transport.js";
import type { HttpFormat } from "./body-options.js";
import { errorOfAnswer } from "./error-of-answer.js";

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
  const { address, call, format = "proto" } = options;
  const { error, isOwnCode } = errorOfAnswer(
    { status: head.statusCode ?? 0, header: (name) => textOf(head.headers[name]), body },
    { peer: address, format, readErrorText: call.readErrorText ?? errorTextOf(call, format) },
  );
  return answered(error, isOwnCode);
}

function errorTextOf({ service }: OutgoingCall, format: HttpFormat): OutgoingCall["readErrorText"] {
  if (service !== generalModelServiceName) return undefined;
  return (body) => generalMessages[format].decode(body).errMsg;
}

function headersOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  const known = Object.entries(headers).filter(([, value]) => value !== undefined);
  return new Map(known.map(([name, value]) => [name, textOf(value) ?? ""]));
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(", ") : value;
}
