import { readdirSync, readFileSync } from "node:fs";

/** One process as `/proc/PID/stat` tells it. */
export interface ProcessStat {
  readonly pid: number;
  readonly parentPid: number;
  /** User and system time of all its threads and of its children that have ended. */
  readonly cpuMicros: number;
}

/** `/proc` counts in ticks of USER_HZ, which Linux fixes at 100 for every architecture Node runs on. */
const microsPerTick = 10_000;

/** Reads the text of `/proc/PID/stat`; fields are numbered as in proc(5). */
export function parseStat(text: string): ProcessStat {
  // The name is in parentheses and may itself hold blanks and parentheses: only the last one closes it.
  const nameEnd = text.lastIndexOf(")");
  const fields = text.slice(nameEnd + 2).split(" ");
  const field = (number: number): number => Number(fields[number - 3]);
  const ticks = field(14) + field(15) + field(16) + field(17);
  return { pid: Number.parseInt(text, 10), parentPid: field(4), cpuMicros: ticks * microsPerTick };
}

/** The largest resident size a process ever had, in bytes, from the text of `/proc/PID/status`; 0 for a zombie, which has none. */
export function parsePeakRss(text: string): number {
  const match = /^VmHWM:\s+(\d+) kB$/m.exec(text);
  return match ? Number(match[1]) * 1024 : 0;
}

/** `root` and everything below it. */
export function treeOf(root: number, processes: readonly ProcessStat[]): readonly ProcessStat[] {
  const own = processes.filter(({ pid }) => pid === root);
  const children = processes.filter(({ parentPid, pid }) => parentPid === root && pid !== root);
  return [...own, ...children.flatMap(({ pid }) => treeOf(pid, processes))];
}

/**
 * CPU time the tree of `root` has used since it began, in microseconds. A child that ends hands its time to its
 * parent, so the figure never falls.
 */
export function readTreeCpuMicros(root: number): number {
  return readTree(root).reduce((sum, { cpuMicros }) => sum + cpuMicros, 0);
}

/**
 * Peak resident bytes summed over the tree of `root`: an upper bound, as pages shared between processes count in each
 * and the peaks need not coincide.
 */
export function readTreePeakRss(root: number): number {
  return readTree(root).reduce((sum, { pid }) => sum + parsePeakRss(readProcFile(pid, "status") ?? ""), 0);
}

function readTree(root: number): readonly ProcessStat[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const texts = pids.map((pid) => readProcFile(Number(pid), "stat"));
  const tree = treeOf(root, texts.filter((text) => text !== undefined).map(parseStat));
  if (tree.length === 0) throw new Error(`process ${root} is gone`);
  return tree;
}

/** Undefined when the process has ended since it was listed. */
function readProcFile(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
