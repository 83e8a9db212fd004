export type { Command, CommandCall } from "./command.js";
export { commands } from "./commands.js";
export { ExitCode } from "./exit-code.js";
export type { Flag, FlagGroup, FlagKind, FlagTable } from "./flags/flag.js";
export { type FlagValue, FlagValues } from "./flags/flag-values.js";
export { type ProgramOptions, runProgram } from "./program.js";
export { processTerminal, type Terminal, type TextFormat, type TextStream } from "./terminal.js";
