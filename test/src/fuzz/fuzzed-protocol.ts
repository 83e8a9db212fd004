/** What the fuzzer knows of a protocol: how honest clients speak it. */
export interface FuzzedProtocol {
  readonly name: string;
  /** What a client sends before its first frame. */
  readonly preface: Buffer;
  /** Whole frames, or requests, of honest clients. */
  readonly frames: readonly Buffer[];
  /** What the server may begin its answer with, whatever it was sent. */
  readonly answers: RegExp;
}
