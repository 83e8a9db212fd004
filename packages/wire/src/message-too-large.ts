import { Code, ServeError } from "@paddlewheel/core/message";

/** A message over the limit, in the words that every transport has for it; they were those of @grpc/grpc-js. */
export function messageTooLarge(size: number | string, limit: number): ServeError {
  return new ServeError(Code.messageTooLarge, `Received message larger than max (${size} vs ${limit})`);
}
