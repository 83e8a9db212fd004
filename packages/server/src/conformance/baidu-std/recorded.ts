import { readFileSync } from "node:fs";

/**
 * What went over connections between brpc's own client and server, Apache brpc 1.17 with test services of Paddle
 * Serving's schemas, one case per option of the client; and what that server answered to frames made by hand
 * (`hand-made-frames.ts`). Frames and payloads are hexadecimal. Recorded once; nothing here is made by our code.
 */
export interface Recorded {
  readonly frames: Readonly<Record<string, RecordedCase>>;
  readonly probes: Readonly<Record<string, RecordedProbe>>;
}

/** Whole frames, in the order they were sent. */
export interface RecordedCase {
  readonly requests: readonly string[];
  readonly responses: readonly string[];
}

export interface RecordedProbe {
  readonly answers: readonly RecordedAnswer[];
  /** The connection was open still when nothing more came. */
  readonly isOpen: boolean;
  /** Something that is no frame of baidu_std was answered too, and is left out here. */
  readonly isOther?: boolean;
}

export interface RecordedAnswer {
  readonly code: number;
  readonly compressType: number;
  readonly correlationId: string;
  /** Message and attachment. */
  readonly payload: string;
  readonly attachmentSize: number;
  readonly contentType: number;
  readonly checksumType: number;
}

const file = new URL("../../../src/conformance/baidu-std/recorded.json", import.meta.url);

export const recorded: Recorded = JSON.parse(readFileSync(file, "utf8")) as Recorded;
