import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";

/** How a program ended, and what it wrote. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** Standard input; empty by default. */
  readonly input?: Buffer | string;
  /** Beside this process's own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. @throws Error when it cannot be started. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { input = "", env = {} }: ProgramOptions = {},
): Promise<ProgramEnd> {
  const child = spawn(program, args, { stdio: "pipe", env: { ...process.env, ...env } });
  // A program may end before it has read everything.
  child.stdin.on("error", () => {}).end(input);
  const stdout: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  const stderr = text(child.stderr);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  return { code, stdout: Buffer.concat(stdout), stderr: await stderr };
}

/** Whether the program can be run so without an error. */
function works(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore", timeout: 20_000 }).status === 0;
}

/** A Python with gRPC and protobuf; there may be several Pythons on a machine, of which one has them. */
export const python: string | undefined = ["python3", "/usr/bin/python3", "python"].find((program) =>
  works(program, ["-c", "import grpc, google.protobuf"]),
);

/** Whether it can unpack snappy too. */
const hasSnappy = python !== undefined && works(python, ["-c", "import snappy"]);

const hasCurl = works("curl", ["--version"]);
const hasProtoc = works("protoc", ["--version"]);
const hasNghttp2 = works("nghttp", ["--version"]) && works("h2load", ["--version"]);

/**
 * Why a test that needs these programs is skipped; false when they are there. Where CI is set nothing is skipped: there
 * a missing program is a fault of the set-up, and the test fails.
 */
export function skipWithout(
  ...programs: readonly ("curl" | "nghttp2" | "protoc" | "python" | "snappy")[]
): string | false {
  const isThere = {
    curl: hasCurl,
    nghttp2: hasNghttp2,
    protoc: hasProtoc,
    python: python !== undefined,
    snappy: hasSnappy,
  };
  const missing = programs.filter((program) => !isThere[program]);
  if (missing.length === 0 || process.env.CI) return false;
  const words = {
    curl: "curl",
    nghttp2: "nghttp and h2load",
    protoc: "protoc",
    python: "a Python with grpc and google.protobuf",
    snappy: "snappy for Python",
  };
  return `needs ${missing.map((program) => words[program]).join(", ")}`;
}
