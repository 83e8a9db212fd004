/** Source: RFC 9113 §6. */
export const FrameType = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  rstStream: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** The bits of a frame's flags; what a bit means depends on the type. */
export const FrameFlag = {
  /** DATA, HEADERS: nothing follows on this stream. */
  endStream: 0x1,
  /** SETTINGS, PING. */
  ack: 0x1,
  /** HEADERS, CONTINUATION: the header block is whole. */
  endHeaders: 0x4,
  /** DATA, HEADERS. */
  padded: 0x8,
  /** HEADERS: five bytes of priority stand before the block. */
  priority: 0x20,
} as const;

/** Bytes of every frame's header: length (3), type, flags, stream id (4). */
export const frameHeaderSize = 9;

/** Largest payload every peer takes before its SETTINGS say otherwise, in bytes. */
export const minMaxFrameSize = 16_384;

/** What a client sends before its first frame. Source: RFC 9113 §3.4. */
export const connectionPreface: Uint8Array = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1");
