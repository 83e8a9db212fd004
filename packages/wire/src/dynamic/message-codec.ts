import { Code, type MessageCodec, ServeError, type TextForm } from "@paddlewheel/core";
import { checkMessage } from "./check-message.js";
import { decodeMessage } from "./decode-message.js";
import { encodeMessage } from "./encode-message.js";
import { brpcJson } from "./json-dialect.js";
import { mergeMessages } from "./merge-messages.js";
import type { FieldShape, MessageType } from "./message-type.js";
import { readJsonMessage } from "./read-json.js";
import { textForms } from "./text-forms.js";
import { writeJsonMessage } from "./write-json.js";

/** What is known of a field of a message type before any message. */
export interface ProtoField {
  /** Name in the .proto and in JSON, `log_id`. */
  readonly protoName: string;
  /** Name in decoded objects, `logId`. */
  readonly name: string;
  /** `int32`, or the full name of an enum or message; of a map that of its values. */
  readonly type: string;
  readonly shape: FieldShape;
  readonly isRequired: boolean;
  /** A repeated field with the option `pack_on`, which clients may split over several requests. */
  readonly isPackOn: boolean;
}

/**
 * Bytes and JSON of a message type that was read from a .proto. Messages are plain objects with the fields in
 * camelCase (`log_id` is `logId`):
 *
 * - 32-bit numbers, `float` and `double` are numbers, 64-bit integers are bigints, `bytes` are Uint8Arrays (views of what
 *   was decoded), enums their names; a number the enum has no name for stays a number in proto3 and is not sent in proto2;
 * - repeated fields are arrays, maps plain objects with the keys as text; both are always there;
 * - a scalar that was not sent has its default; messages, members of a oneof and `optional` fields of proto3 are
 *   missing instead.
 *
 * Decoding throws ServeError malformedRequest that names message or field, and steps over unknown fields. Encoding takes
 * such objects, and numbers for 64-bit integers where they are exact, numbers for enums, any typed array for a list
 * of numbers; it writes what is set, leaving out defaults where proto3 does. It throws for what is no such message,
 * with the path of the field: invalidArgument for a request, opFailure for a response, which an Op has made.
 */
export interface ProtoCodec extends MessageCodec<object> {
  readonly fields: readonly ProtoField[];
  /** @throws ServeError as encoding does. */
  check(message: unknown): void;
  /** Encodes without the check, for messages that had it. */
  readonly unchecked: MessageCodec<object>;
  /** Protobuf's MergeFrom: a message of both, where what `part` has set comes after or over what `target` has. */
  merge(target: object, part: object): object;
}

export function createMessageCodec(type: MessageType, role: "request" | "response"): ProtoCodec {
  const check = role === "request" ? checkMessage : checkOpOutput;
  const what = `the ${role}`;
  const unchecked = {
    typeName: type.fullName,
    decode: (bytes: Uint8Array) => decodeMessage(type, bytes),
    encode: (message: object) => encodeMessage(type, message),
    decodeJson: (text: string) => readJsonMessage(type, { text, dialect: brpcJson, what }),
    encodeJson: (message: object) => writeJsonMessage(type, message, brpcJson),
    ...textForms(type, what),
  };
  const checked = (form: TextForm<object>): TextForm<object> => ({
    decode: form.decode,
    encode(message) {
      check(type, message);
      return form.encode(message);
    },
  });
  return {
    ...unchecked,
    protoJson: checked(unchecked.protoJson),
    protoText: checked(unchecked.protoText),
    unchecked,
    fields: type.fields.map(({ name, protoName, shape, isRequired, isPackOn, type: of }) => ({
      name,
      protoName,
      shape,
      isRequired,
      isPackOn,
      type: of.kind === "message" ? of.fullName : of.name,
    })),
    check: (message) => check(type, message),
    encode(message) {
      check(type, message);
      return unchecked.encode(message);
    },
    encodeJson(message) {
      check(type, message);
      return unchecked.encodeJson(message);
    },
    merge(target, part) {
      check(type, target);
      check(type, part);
      return mergeMessages(type, target, part);
    },
  };
}

/** It is the Op that made the message who is at fault, not the caller. */
function checkOpOutput(type: MessageType, message: unknown): void {
  try {
    checkMessage(type, message);
  } catch (error) {
    throw error instanceof ServeError ? new ServeError(Code.opFailure, `op output: ${error.message}`) : error;
  }
}
