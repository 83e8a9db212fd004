import { styleText } from "node:util";

/** Where the command speaks. */
export interface Terminal {
  readonly out: TextStream;
  /** Everything that is not the result: hints, notes, progress. */
  readonly err: TextStream;
}

export interface TextStream {
  /** Whether a person reads along. */
  readonly isTerminal: boolean;
  /** Characters per line. */
  readonly columns: number;
  write(text: string): void;
  /** Dresses text up where that is wanted, else gives it back as it is. */
  style(format: TextFormat, text: string): string;
}

export type TextFormat = "bold" | "red" | "yellow" | "green" | "dim";

/** Lines of a file or a pipe are not broken for any screen; this only bounds help texts. */
const defaultColumns = 100;

/** Standard output and standard error of this process. */
export function processTerminal(): Terminal {
  return { out: streamOf(process.stdout), err: streamOf(process.stderr) };
}

function streamOf(stream: NodeJS.WriteStream): TextStream {
  const isTerminal = stream.isTTY ?? false;
  const isColored = isTerminal && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  // A reader that has seen enough, `| head` say, is no error.
  stream.on("error", () => {});
  return {
    isTerminal,
    columns: Math.min(stream.columns ?? defaultColumns, defaultColumns),
    write: (text) => void stream.write(text),
    style: (format, text) => (isColored ? styleText(format, text) : text),
  };
}
