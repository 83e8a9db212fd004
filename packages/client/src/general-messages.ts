import {
  type GeneralRequest,
  type GeneralResponse,
  generalRequestCodec,
  generalResponseCodec,
} from "@paddlewheel/wire";
import type { HttpFormat } from "./transport/http/body-options.js";

/** The messages of GeneralModelService as bytes. */
export interface GeneralMessages {
  encode(request: GeneralRequest): Uint8Array;
  decode(bytes: Uint8Array): GeneralResponse;
}

/** By what the bytes are; protocols other than HTTP have `proto` only. */
export const generalMessages: Readonly<Record<HttpFormat, GeneralMessages>> = {
  proto: {
    encode: (request) => generalRequestCodec.encode(request),
    decode: (bytes) => generalResponseCodec.decode(bytes),
  },
  json: {
    encode: (request) => Buffer.from(generalRequestCodec.encodeJson(request)),
    decode: (bytes) => generalResponseCodec.decodeJson(new TextDecoder().decode(bytes)),
  },
};
