import type { Readable } from "node:stream";
import type { Clock } from "@paddlewheel/core";

/** Characters of a line that are logged; native libraries print one message per line. */
const maxLineLength = 4096;

/** Lines of one process that are logged in a second; what comes beyond is a flood that says the same again and again. */
const maxLinesPerSecond = 50;

export interface LineLogOptions {
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/** Logs what a process prints, line by line and within limits. */
export function logLines(stream: Readable, { clock, log }: LineLogOptions): void {
  let line = "";
  let second = 0;
  let lines = 0;
  const flush = () => {
    const now = Math.floor(clock.now() / 1000);
    lines = now === second ? lines + 1 : 1;
    second = now;
    if (line !== "" && lines <= maxLinesPerSecond) log(line);
    line = "";
  };
  stream.setEncoding("utf8").on("data", (text: string) => {
    for (const [i, piece] of text.split("\n").entries()) {
      if (i > 0) flush();
      line = (line + piece).slice(0, maxLineLength);
    }
  });
  stream.on("end", flush);
}
