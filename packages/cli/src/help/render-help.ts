import type { Command } from "../command.js";
import { type Flag, type FlagGroup, flagUsage } from "../flags/flag.js";
import type { TextStream } from "../terminal.js";
import { wrap } from "./wrap.js";

/** Column where explanations begin. */
const indent = 30;

/** The page of the program itself. */
export function renderProgramHelp(commands: readonly Command[], stream: TextStream): string {
  return join([
    [`Usage: paddlewheel COMMAND [flags]`],
    ["Serves models as workflows, in the style of Paddle Serving."],
    [
      stream.style("bold", "Commands"),
      ...commands.flatMap(({ name, summary }) => entry(name, summary, stream)),
    ],
    [
      stream.style("bold", "Everywhere"),
      ...entry("--help, -h", "this page, or that of a command", stream),
      ...entry("--version, -V", "the version", stream),
    ],
    [stream.style("bold", "Example"), "  paddlewheel serve --model ./uci_housing_model --name uci"],
  ]);
}

/** The page of one command. */
export function renderCommandHelp(command: Command, stream: TextStream): string {
  return join([
    [`Usage: paddlewheel ${command.usage}`],
    wrap(command.description, stream.columns),
    ...command.groups.flatMap((group) => groupLines(group, stream)),
    ignoredLines(command, stream),
    [stream.style("bold", "Examples"), ...command.examples.map((example) => `  ${example}`)],
  ]);
}

function groupLines({ title, flags }: FlagGroup, stream: TextStream): string[][] {
  const lines = Object.entries(flags)
    .filter(([, { ignored }]) => ignored === undefined)
    .flatMap(([name, flag]) => entry(flagUsage(name, flag), explain(flag), stream));
  return lines.length > 0 ? [[stream.style("bold", title), ...lines]] : [];
}

function explain({ help, default: standard }: Flag): string {
  return standard === undefined ? help : `${help} (default ${standard})`;
}

function ignoredLines({ groups }: Command, stream: TextStream): string[] {
  const names = groups
    .flatMap(({ flags }) => Object.entries(flags))
    .filter(([, { ignored }]) => ignored !== undefined)
    .map(([name]) => `--${name}`);
  if (names.length === 0) return [];
  return [
    stream.style("bold", "Accepted without effect (each says why when given)"),
    ...wrap(names.join(" "), stream.columns - 2).map((line) => `  ${line}`),
  ];
}

/** `  --port PORT                  the port (default 9393)`, over several lines where needed. */
function entry(left: string, right: string, stream: TextStream): string[] {
  const [first = "", ...rest] = wrap(right, Math.max(20, stream.columns - indent));
  const label = `  ${left}`;
  const pad = " ".repeat(indent);
  const others = rest.map((line) => pad + line);
  if (label.length + 1 > indent) return [label, pad + first, ...others];
  return [label.padEnd(indent) + first, ...others];
}

function join(blocks: readonly (readonly string[])[]): string {
  const filled = blocks.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
