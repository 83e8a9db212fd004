import type { LogFields } from "@paddlewheel/core";
import { RecordingLogger } from "@paddlewheel/core/testing";

/** A recording logger that tells when something is logged: what happens in the background ends with a line. */
export class AwaitableLogger extends RecordingLogger {
  readonly #waiting = new Map<string, () => void>();

  /** Resolves when `message` is logged next. */
  next(message: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(message, resolve);
    });
  }

  override warn(fields: LogFields, message: string): void {
    super.warn(fields, message);
    this.#waiting.get(message)?.();
  }

  override error(fields: LogFields, message: string): void {
    super.error(fields, message);
    this.#waiting.get(message)?.();
  }
}
