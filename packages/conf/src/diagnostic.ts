/** One thing wrong, or worth a word, in a conf file. */
export interface Diagnostic {
  /** Relative to the working directory when it lies inside. */
  readonly file: string;
  /** 1-based; 0 when the whole file, or a file that is not there, is meant. */
  readonly line: number;
  /** Path of the field from the top of the file, `workflows[0].nodes[2].name`; empty when the text itself is at fault. */
  readonly field: string;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** Where a diagnostic points. */
export type Place = Omit<Diagnostic, "message">;

/** `conf/workflow.prototxt:12 workflows[0].nodes[2].type: no Op type named "TopOp"` */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { field, message } = diagnostic;
  const where = formatPlace(diagnostic);
  return field === "" ? `${where}: ${message}` : `${where} ${field}: ${message}`;
}

/** `conf/workflow.prototxt:12` */
export function formatPlace({ file, line }: Place): string {
  return line > 0 ? `${file}:${line}` : file;
}

/** Diagnostics of one kind kept at most; a file that is no conf at all would give one per word. */
const maxDiagnostics = 1000;

/** Collects what is found while conf is read, and gives it back file by file, line by line. */
export class Findings {
  readonly #faults: Diagnostic[] = [];
  readonly #warnings: Diagnostic[] = [];

  fault(place: Place, message: string): void {
    add(this.#faults, place, message);
  }

  warn(place: Place, message: string): void {
    add(this.#warnings, place, message);
  }

  get hasFaults(): boolean {
    return this.#faults.length > 0;
  }

  get faults(): readonly Diagnostic[] {
    return inReadingOrder(this.#faults);
  }

  get warnings(): readonly Diagnostic[] {
    return inReadingOrder(this.#warnings);
  }
}

function add(list: Diagnostic[], { file, line, field }: Place, message: string): void {
  if (list.length < maxDiagnostics) list.push({ file, line, field, message });
  else if (list.length === maxDiagnostics) {
    list.push({
      file,
      line: 0,
      field: "",
      message: `more than ${maxDiagnostics} findings, the rest is left out`,
    });
  }
}

/** Files in the order they were met, lines in the order of the file; the note that some are left out stays last. */
export function inReadingOrder(list: readonly Diagnostic[]): readonly Diagnostic[] {
  const rank = new Map<string, number>();
  for (const { file } of list) if (!rank.has(file)) rank.set(file, rank.size);
  const rankOf = ({ file }: Diagnostic) => rank.get(file) ?? 0;
  const sorted = list.slice(0, maxDiagnostics).sort((a, b) => rankOf(a) - rankOf(b) || a.line - b.line);
  return [...sorted, ...list.slice(maxDiagnostics)];
}
