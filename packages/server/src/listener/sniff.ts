/** The protocols of calls told apart by their first bytes. */
export type WireProtocol = "http1" | "http2" | "baidu_std";

/** What a connection begins with: a protocol, or TLS with one inside. */
export type SniffedProtocol = WireProtocol | "tls";

/** First byte of a TLS handshake; no protocol of ours begins so. Source: RFC 8446 §5.1. */
const tlsHandshake = 0x16;

/** First bytes of the HTTP/2 preface; no HTTP/1.1 method begins so. Source: RFC 9113 §3.4. */
const http2Preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
/** First bytes of every baidu_std frame. */
const baiduStdMagic = Buffer.from("PRPC", "latin1");

/** The protocol of a connection that begins with `bytes`; undefined while more bytes are needed to tell. */
export function sniffProtocol(bytes: Uint8Array): SniffedProtocol | undefined {
  if (bytes[0] === tlsHandshake) return "tls";
  const length = Math.min(bytes.length, http2Preface.length);
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, length);
  if (startsAlike(start, baiduStdMagic))
    return start.length >= baiduStdMagic.length ? "baidu_std" : undefined;
  if (startsAlike(start, http2Preface)) return start.length >= http2Preface.length ? "http2" : undefined;
  return bytes.length > 0 ? "http1" : undefined;
}

/** True when one is the beginning of the other and there is something to compare. */
function startsAlike(bytes: Buffer, magic: Buffer): boolean {
  const length = Math.min(bytes.length, magic.length);
  return length > 0 && bytes.subarray(0, length).equals(magic.subarray(0, length));
}
