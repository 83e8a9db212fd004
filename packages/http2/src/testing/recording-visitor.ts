import type { FrameVisitor } from "../frame/frame-visitor.js";

export type RecordedFrame =
  | { readonly type: "data"; readonly streamId: number; readonly size: number; data: string; isEnd: boolean }
  | {
      readonly type: "headers";
      readonly streamId: number;
      readonly block: Uint8Array;
      readonly isEnd: boolean;
    }
  | { readonly type: "rstStream"; readonly streamId: number; readonly code: number }
  | { readonly type: "settings"; readonly payload: string }
  | { readonly type: "ping"; readonly payload: string; readonly isAck: boolean }
  | { readonly type: "goaway"; readonly lastStreamId: number; readonly code: number }
  | { readonly type: "windowUpdate"; readonly streamId: number; readonly increment: number }
  | { readonly type: "unknown"; readonly frameType: number }
  | { readonly type: "settingsAck" | "priority" | "dataEnd" };

/** Keeps what a FrameReader said; the pieces of a DATA frame are joined. */
export class RecordingVisitor implements FrameVisitor {
  readonly frames: RecordedFrame[] = [];

  onDataStart(streamId: number, size: number, isEnd: boolean): void {
    this.frames.push({ type: "data", streamId, size, data: "", isEnd });
  }

  onDataPiece(piece: Uint8Array): void {
    const frame = this.frames.at(-1);
    if (frame?.type !== "data" || piece.length === 0) throw new Error("a piece came that should not");
    frame.data += latin1(piece);
  }

  onDataEnd(): void {
    this.frames.push({ type: "dataEnd" });
  }

  onHeaders(streamId: number, block: Uint8Array, isEnd: boolean): void {
    this.frames.push({ type: "headers", streamId, block: block.slice(), isEnd });
  }

  onPriority(): void {
    this.frames.push({ type: "priority" });
  }

  onRstStream(streamId: number, code: number): void {
    this.frames.push({ type: "rstStream", streamId, code });
  }

  onSettings(payload: Uint8Array): void {
    this.frames.push({ type: "settings", payload: hex(payload) });
  }

  onSettingsAck(): void {
    this.frames.push({ type: "settingsAck" });
  }

  onPing(payload: Uint8Array, isAck: boolean): void {
    this.frames.push({ type: "ping", payload: latin1(payload), isAck });
  }

  onGoaway(lastStreamId: number, code: number): void {
    this.frames.push({ type: "goaway", lastStreamId, code });
  }

  onWindowUpdate(streamId: number, increment: number): void {
    this.frames.push({ type: "windowUpdate", streamId, increment });
  }

  onUnknown(frameType: number): void {
    this.frames.push({ type: "unknown", frameType });
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
