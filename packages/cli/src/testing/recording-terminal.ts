import type { Terminal, TextStream } from "../terminal.js";

/** A stream that keeps what is written to it; styled text is marked, `<red:text>`, where it is a terminal. */
export interface RecordingStream extends TextStream {
  readonly text: string;
}

export interface RecordingTerminal extends Terminal {
  readonly out: RecordingStream;
  readonly err: RecordingStream;
}

export function recordingStream(isTerminal = false, columns = 80): RecordingStream {
  let text = "";
  return {
    isTerminal,
    columns,
    get text() {
      return text;
    },
    write: (more) => {
      text += more;
    },
    style: (format, styled) => (isTerminal ? `<${format}:${styled}>` : styled),
  };
}

export function recordingTerminal(isTerminal = false): RecordingTerminal {
  return { out: recordingStream(isTerminal), err: recordingStream(isTerminal) };
}
