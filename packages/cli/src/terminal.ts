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

export type TextFormat = "bold" | "red" | "yellow" | "dim";

/** Standard output and standard error of this process. */
export function processTerminal(): Terminal {
  return { out: createTextStream(process.stdout), err: createTextStream(process.stderr) };
}

/** What a stream must tell of itself. */
export type TerminalStream = Pick<NodeJS.WriteStream, "write" | "on"> & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

/** The widest a help text gets, also where no screen says how wide it is: longer lines read badly. */
const maxColumns = 100;

/** Colours only for a person at a terminal who has not set NO_COLOR. */
export function createTextStream(
  stream: TerminalStream,
  env: Readonly<Record<string, string | undefined>> = process.env,
): TextStream {
  const isTerminal = stream.isTTY ?? false;
  const isColored = isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
  // A reader that has seen enough, `| head` say, is no error.
  stream.on("error", () => {});
  return {
    isTerminal,
    columns: Math.min(stream.columns ?? maxColumns, maxColumns),
    write: (text) => void stream.write(text),
    style: (format, text) => (isColored ? styleText(format, text, { validateStream: false }) : text),
  };
}
