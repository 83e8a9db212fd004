import type { ExitCode } from "./exit-code.js";
import type { FlagGroup } from "./flags/flag.js";
import type { FlagValues } from "./flags/flag-values.js";
import type { Terminal } from "./terminal.js";

/** What a command is given when it runs. */
export interface CommandCall {
  readonly values: FlagValues;
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
}

/** `paddlewheel NAME`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows `paddlewheel`, `check CONF_DIR`. */
  readonly usage: string;
  readonly description: string;
  readonly groups: readonly FlagGroup[];
  readonly examples: readonly string[];
  /** Most positional arguments it takes. */
  readonly maxPositionals: number;
  run(call: CommandCall): ExitCode | Promise<ExitCode>;
}
