import type { LogFields } from "@paddlewheel/core";
import { type LogLine, RecordingLogger } from "@paddlewheel/core/testing";

/** A recording logger that tells when a line is logged: what other threads do ends with one. */
export class NoticingLogger extends RecordingLogger {
  readonly #noticed: string[] = [];
  readonly #waiting: { readonly message: string; readonly resolve: () => void }[] = [];

  /** Resolves with each line of this message once, also when it was logged before. */
  async line(message: string): Promise<LogLine> {
    const seen = this.#noticed.indexOf(message);
    if (seen >= 0) this.#noticed.splice(seen, 1);
    else await new Promise<void>((resolve) => this.#waiting.push({ message, resolve }));
    const line = this.lines.findLast((one) => one.message === message);
    if (!line) throw new Error(`no line "${message}"`);
    return line;
  }

  override info(fields: LogFields, message: string): void {
    super.info(fields, message);
    this.#notice(message);
  }

  override warn(fields: LogFields, message: string): void {
    super.warn(fields, message);
    this.#notice(message);
  }

  override error(fields: LogFields, message: string): void {
    super.error(fields, message);
    this.#notice(message);
  }

  #notice(message: string): void {
    const index = this.#waiting.findIndex((one) => one.message === message);
    if (index < 0) this.#noticed.push(message);
    else this.#waiting.splice(index, 1)[0]?.resolve();
  }
}
