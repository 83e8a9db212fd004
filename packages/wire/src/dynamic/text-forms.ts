import type { MessageCodec, TextForm } from "@paddlewheel/core";
import { decodeMessage } from "./decode-message.js";
import { encodeMessage } from "./encode-message.js";
import { protoJson } from "./json-dialect.js";
import type { MessageType } from "./message-type.js";
import { readJsonMessage } from "./read-json.js";
import { readTextMessage } from "./read-text.js";
import { writeJsonMessage } from "./write-json.js";
import { writeTextMessage } from "./write-text.js";

/** Protobuf's own text forms of messages. */
export interface TextForms<T> {
  readonly protoJson: TextForm<T>;
  readonly protoText: TextForm<T>;
}

/** Those of plain objects that `checkMessage` found right; `what` is the message in errors. */
export function textForms(type: MessageType, what: string): TextForms<object> {
  return {
    protoJson: {
      decode: (text) => readJsonMessage(type, { text, dialect: protoJson, what }),
      encode: (message) => writeJsonMessage(type, message, protoJson),
    },
    protoText: {
      decode: (text) => readTextMessage(type, text),
      encode: (message) => writeTextMessage(type, message),
    },
  };
}

/**
 * Those of messages that a codec reads and writes by hand: through their bytes, a small part of the work next to the
 * text. Rules of the codec thus hold in every form. `typeOf` is asked at the first use.
 */
export function textFormsThroughBytes<T>(
  { decode, encode }: Pick<MessageCodec<T>, "decode" | "encode">,
  what: string,
  typeOf: () => MessageType,
): TextForms<T> {
  let known: { readonly type: MessageType; readonly forms: TextForms<object> } | undefined;
  const formsOf = (): { readonly type: MessageType; readonly forms: TextForms<object> } => {
    const type = known?.type ?? typeOf();
    known ??= { type, forms: textForms(type, what) };
    return known;
  };
  const through = (name: keyof TextForms<object>): TextForm<T> => ({
    decode(text) {
      const { type, forms } = formsOf();
      return decode(encodeMessage(type, forms[name].decode(text)), true);
    },
    encode(message) {
      const { type, forms } = formsOf();
      return forms[name].encode(decodeMessage(type, encode(message)));
    },
  });
  return { protoJson: through("protoJson"), protoText: through("protoText") };
}
