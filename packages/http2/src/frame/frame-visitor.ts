/**
 * What a FrameReader calls, in the order the frames came. Bytes handed over are valid only during the call: they lie in
 * the buffer of the socket's next read. A ConnectionError thrown here passes through FrameReader.read.
 */
export interface FrameVisitor {
  /** A DATA frame begins; `length` is what it takes of the flow-control windows, padding included. */
  onDataStart(streamId: number, length: number, isEnd: boolean): void;
  /** Bytes of the DATA frame that began last, as they come; never an empty piece. */
  onDataPiece(piece: Uint8Array): void;
  /** The DATA frame that began last is over. */
  onDataEnd(): void;
  /** A whole header block, of HEADERS and its CONTINUATIONs. */
  onHeaders(streamId: number, block: Uint8Array, isEnd: boolean): void;
  onPriority(): void;
  /** `code` may be a number that no RFC names. */
  onRstStream(streamId: number, code: number): void;
  /** A multiple of six bytes. */
  onSettings(payload: Uint8Array): void;
  onSettingsAck(): void;
  /** Eight bytes. */
  onPing(payload: Uint8Array, isAck: boolean): void;
  onGoaway(lastStreamId: number, code: number): void;
  /** `streamId` 0 is the connection; `increment` may be 0, which is the peer's fault. */
  onWindowUpdate(streamId: number, increment: number): void;
  /** A frame of a type we do not know; its payload is skipped. */
  onUnknown(type: number): void;
}
