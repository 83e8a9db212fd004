import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeWhole } from "./write-whole.js";

/** What was found out, or why it could not be. */
export interface Finding {
  readonly failure: string | undefined;
}

/** Pairs of the digest of a question and its answer, the newest at the end. */
type Answers = readonly (readonly [string, unknown])[];

interface FindingsRecord {
  /** SHA-256 over the answers as JSON: a power failure or a bad disk may leave something else that can be read. */
  readonly digest: string;
  readonly answers: Answers;
}

const findingsFile = "findings.json";

/** A model is served with a few settings at most; what falls out is found out again. */
const maxAnswers = 16;

/** Many times what so many take; what is larger is not ours. */
const maxFileBytes = 65_536;

/**
 * What was found out about a prepared model by running it, kept in the folder of its entry: it depends on the model, the
 * host and the runtime as the prepared form does, and goes with it. A question is any JSON; it names all else that its
 * answer depends on, the version of the code that asks among it. What cannot be read or written is found out again.
 */
export class Findings {
  readonly #entry: string;

  constructor(entry: string) {
    this.#entry = entry;
  }

  /** What an earlier start found, or else what `findOut` does. A failure is not kept: it may be that of a moment. */
  async ask<T extends Finding>(question: unknown, findOut: () => Promise<T>): Promise<T> {
    const key = digestOf(question);
    const known = (await this.#read()).find(([asked]) => asked === key);
    if (known) return known[1] as T;
    const answer = await findOut();
    if (answer.failure === undefined) await this.#keep(key, answer);
    return answer;
  }

  /** Of two processes that do so at once the later one wins. */
  async #keep(key: string, answer: Finding): Promise<void> {
    const answers: Answers = [...(await this.#read()), [key, answer] as const].slice(-maxAnswers);
    const record: FindingsRecord = { digest: digestOf(answers), answers };
    await writeWhole({ cacheDir: dirname(this.#entry), path: this.#path, text: JSON.stringify(record) });
  }

  async #read(): Promise<Answers> {
    try {
      if ((await stat(this.#path)).size > maxFileBytes) return [];
      const { digest, answers } = JSON.parse(await readFile(this.#path, "utf8")) as FindingsRecord;
      return digestOf(answers) === digest ? answers : [];
    } catch {
      // Not there yet, or not whole.
      return [];
    }
  }

  get #path(): string {
    return join(this.#entry, findingsFile);
  }
}

function digestOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
