import cluster from "node:cluster";
import { nearestNameHint, ServeError } from "@paddlewheel/core";
import type { Command } from "./command.js";
import { ExitCode } from "./exit-code.js";
import { tableOf } from "./flags/flag.js";
import { ignoredFlagNotes } from "./flags/ignored-flags.js";
import { parseFlags } from "./flags/parse-flags.js";
import { renderCommandHelp, renderProgramHelp } from "./help/render-help.js";
import { packageVersion } from "./package-version.js";
import type { Terminal } from "./terminal.js";
import { UsageError } from "./usage-error.js";

const helpWords: ReadonlySet<string> = new Set(["--help", "-help", "-h"]);
const versionWords: ReadonlySet<string> = new Set(["--version", "-version", "-V"]);

export interface ProgramOptions {
  readonly commands: readonly Command[];
  /** Without the program's own name. */
  readonly args: readonly string[];
  readonly terminal: Terminal;
}

/** Runs one command line to its end. Never throws; what goes wrong is said on standard error. */
export async function runProgram(options: ProgramOptions): Promise<ExitCode> {
  const { err } = options.terminal;
  try {
    return await dispatch(options);
  } catch (thrown) {
    const isUsage = thrown instanceof UsageError;
    const label = `${err.style("red", "paddlewheel")}: `;
    err.write(`${label}${messageOf(thrown)}\n`);
    if (isUsage) err.write(`Try paddlewheel ${helpPath(options)}--help\n`);
    return isUsage ? ExitCode.usage : ExitCode.failed;
  }
}

async function dispatch({ commands, args, terminal }: ProgramOptions): Promise<ExitCode> {
  const [first, ...rest] = args;
  if (first === undefined) {
    terminal.err.write(renderProgramHelp(commands, terminal.err));
    return ExitCode.usage;
  }
  if (args.some((arg) => versionWords.has(arg))) {
    terminal.out.write(`paddlewheel ${packageVersion()}\n`);
    return ExitCode.ok;
  }
  if (helpWords.has(first) || first === "help") return help(commands, rest[0], terminal);
  const command = findCommand(commands, first);
  if (rest.some((arg) => helpWords.has(arg))) return help(commands, command.name, terminal);
  return run(command, rest, terminal);
}

function help(commands: readonly Command[], name: string | undefined, { out }: Terminal): ExitCode {
  const page =
    name === undefined
      ? renderProgramHelp(commands, out)
      : renderCommandHelp(findCommand(commands, name), out);
  out.write(page);
  return ExitCode.ok;
}

async function run(command: Command, args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const flags = tableOf(command.groups);
  const { values, positionals } = parseFlags(flags, args);
  const extra = positionals[command.maxPositionals];
  if (extra !== undefined) {
    throw new UsageError(`${command.name}: unexpected argument ${JSON.stringify(extra)}`);
  }
  // Processes that a supervisor started need not say it again.
  const notes = cluster.isWorker ? [] : ignoredFlagNotes(flags, values);
  for (const note of notes) {
    terminal.err.write(`${terminal.err.style("yellow", "paddlewheel")}: ${note}\n`);
  }
  return command.run({ values, positionals, terminal });
}

function findCommand(commands: readonly Command[], name: string): Command {
  const found = commands.find((command) => command.name === name);
  if (found) return found;
  const known = commands.map((command) => command.name);
  const hint = nearestNameHint(name, known) || `; there are ${known.join(", ")}`;
  throw new UsageError(`unknown command ${JSON.stringify(name)}${hint}`);
}

function helpPath({ commands, args }: ProgramOptions): string {
  return commands.some(({ name }) => name === args[0]) ? `${args[0]} ` : "";
}

function messageOf(thrown: unknown): string {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  // A ServeError that hides an unknown failure is of no use to whoever sits at the terminal.
  const isHidden = error instanceof ServeError && error.message === "internal error";
  return isHidden && error.cause instanceof Error ? error.cause.message : error.message;
}
