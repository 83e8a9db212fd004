import type { CodeName } from "@paddlewheel/core";
import type { SendOptions, WireClient } from "../clients.js";
import { encodeRequest, type RequestMessage, requestJson, type TensorMessage } from "../proto-messages.js";

/** The servers of the table, by the model each serves. */
export type ServedName = "linear" | "pair" | "gather" | "everyType";
export type Protocol = WireClient["protocol"];

/** What is sent, and how. */
export interface Sent {
  /** Default linear. */
  readonly to?: ServedName;
  readonly bodies: Readonly<Partial<Record<Protocol, Buffer>>>;
  /** Why there is no body for the other transports. */
  readonly why?: string;
  readonly options?: SendOptions;
  /** The gRPC library answers before our code sees the call: only the class of the answer can be the same. */
  readonly isAnsweredByGrpc?: boolean;
}

/** One kind of bad input, and what every transport must answer. */
export interface BadInput {
  readonly what: string;
  readonly sent: Sent;
  readonly code: CodeName;
  /** The whole text; a pattern where it quotes a library, or pages of what was sent. */
  readonly text: string | RegExp;
}

type Row = readonly [what: string, sent: Sent, text: string | RegExp];

/** The request id of every row; texts of failures inside end with it. */
export const requestId = "bad-input";

/** Rows that share a code. */
export function refused(code: CodeName, rows: readonly Row[]): readonly BadInput[] {
  return rows.map(([what, sent, text]) => ({ what, sent, code, text }));
}

/** A message that can be written on every transport. */
export function message(request: RequestMessage): Sent {
  const bytes = encodeRequest(request);
  return { bodies: { "HTTP/JSON": Buffer.from(requestJson(request)), ...protobuf(bytes).bodies } };
}

/** A message with one tensor. */
export function tensor(fields: TensorMessage): Sent {
  return message({ tensor: [fields] });
}

/** A good tensor for `linear` but for `changes`. */
export function linearTensor(changes: TensorMessage): Sent {
  return tensor({ name: "x", elem_type: 1, shape: [1, 3], float_data: [1, 2, 3], ...changes });
}

/** Bytes that are no message, or none that JSON can say. */
export function protobuf(bytes: Buffer, why = "JSON has no such thing"): Sent {
  return { bodies: { "HTTP/proto": bytes, gRPC: bytes, baidu_std: bytes }, why };
}

/** Text that is no message, or none that protobuf can say. */
export function json(text: string | Buffer, why = "protobuf has no such thing"): Sent {
  return { bodies: { "HTTP/JSON": Buffer.from(text) }, why };
}

export function to(server: ServedName, sent: Sent): Sent {
  return { ...sent, to: server };
}
