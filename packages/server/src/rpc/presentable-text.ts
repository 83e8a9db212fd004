/** Longest text a caller gets, in UTF-16 units; gRPC clients hang on much longer status messages. */
export const maxTextLength = 1024;

const controls = /\p{Cc}/gu;
const loneSurrogates = /\p{Surrogate}/gu;

/**
 * A message as it may leave the process and be written to a log, whatever names of a caller it repeats: no control
 * characters, no halves of characters (grpc-js throws on one), and at most `maxTextLength` long with `suffix`.
 */
export function presentableText(message: string, suffix = ""): string {
  const room = maxTextLength - suffix.length;
  const bounded = message.length > room ? `${message.slice(0, room - 1)}…` : message;
  return bounded.replace(controls, "?").replace(loneSurrogates, "") + suffix;
}
