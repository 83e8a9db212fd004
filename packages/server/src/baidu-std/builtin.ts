import { encodeFrameHead, type RpcMeta } from "@paddlewheel/wire";
import type { Health } from "../rpc/health.js";

/** What brpc itself offers beside the services: no call, so it is neither counted nor logged, and asks for no credential. */
export type BuiltinMethod = (message: Uint8Array) => BuiltinAnswer;

/** Pieces of a payload. */
export interface BuiltinAnswer {
  readonly message: Uint8Array;
  readonly attachment: Uint8Array;
}

const noBytes = new Uint8Array(0);
const alive: BuiltinAnswer = { message: noBytes, attachment: Buffer.from("OK") };

/** By service and method, as `/{service}/{method}`; services under their full and their short names. */
export function builtinMethods(health: Health): ReadonlyMap<string, BuiltinMethod> {
  const check = (message: Uint8Array): BuiltinAnswer => ({
    message: health.check(message),
    attachment: noBytes,
  });
  return new Map([
    ["/brpc.health/default_method", () => alive],
    ["/health/default_method", () => alive],
    ["/grpc.health.v1.Health/Check", check],
    ["/Health/Check", check],
  ]);
}

/** The frame of an answer. */
export function builtinFrame(
  { correlationId }: RpcMeta,
  { message, attachment }: BuiltinAnswer,
): readonly Uint8Array[] {
  const meta = {
    response: { errorCode: 0, errorText: "" },
    correlationId,
    attachmentSize: attachment.length,
  };
  return [encodeFrameHead(meta, message.length + attachment.length), message, attachment];
}
