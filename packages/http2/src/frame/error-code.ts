/** Why a stream or a connection ends; travels in RST_STREAM and GOAWAY. Source: RFC 9113 §7. */
export const ErrorCode = {
  noError: 0x0,
  protocolError: 0x1,
  internalError: 0x2,
  flowControlError: 0x3,
  settingsTimeout: 0x4,
  streamClosed: 0x5,
  frameSizeError: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compressionError: 0x9,
  connectError: 0xa,
  enhanceYourCalm: 0xb,
  inadequateSecurity: 0xc,
  http11Required: 0xd,
} as const;

/** A code we send; what a peer sends may be any number. */
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

const names = new Map<number, string>(Object.entries(ErrorCode).map(([name, code]) => [code, name]));

/** The name of a code as RFC 9113 writes it, like `REFUSED_STREAM`; the number of one that has none. */
export function errorCodeName(code: number): string {
  return (
    names
      .get(code)
      ?.replace(/[A-Z\d]/g, "_$&")
      .toUpperCase() ?? String(code)
  );
}
