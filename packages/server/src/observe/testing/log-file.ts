import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** Where a test lets a log go; it is gone after the test. */
export class LogFile {
  readonly fd: number;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "paddlewheel-log-"));
  readonly #path: string = join(this.#folder, "log");
  #isOpen = true;

  constructor(t: TestContext) {
    this.fd = openSync(this.#path, "w");
    t.after(() => {
      this.close();
      rmSync(this.#folder, { recursive: true });
    });
  }

  /** What has been written so far. */
  text(): string {
    return readFileSync(this.#path, "utf8");
  }

  /** Idempotent. */
  close(): void {
    if (this.#isOpen) closeSync(this.fd);
    this.#isOpen = false;
  }
}
