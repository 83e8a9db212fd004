#!/usr/bin/env node
import { commands } from "./commands.js";
import { runProgram } from "./program.js";
import { processTerminal } from "./terminal.js";

// No process.exit: output still on its way to a pipe would be lost, and a native run that ends late would abort.
process.exitCode = await runProgram({
  commands,
  args: process.argv.slice(2),
  terminal: processTerminal(),
});
