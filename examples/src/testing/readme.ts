import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Root of the repository, where the commands of the READMEs are typed. */
export const repositoryRoot: string = fileURLToPath(new URL("../../../", import.meta.url));

/** A fenced block of a README. */
export interface Block {
  /** What stands behind the fence: `sh`, `json`, `text`, `ts`, `prototxt`. */
  readonly language: string;
  readonly text: string;
}

/** A command of a README, and what it says that the command answers. */
export interface ReadmeCommand {
  readonly command: string;
  readonly answer: Block;
}

export interface Readme {
  /** The command that starts the server. */
  readonly start: string;
  /** All others, in their order. */
  readonly commands: readonly ReadmeCommand[];
  /** Everything it shows of code and conf. */
  readonly code: readonly string[];
}

const starts = /^packages\/cli\/bin\/paddlewheel\.js start /;

/**
 * Reads the README of an example: its first `sh` block starts the server, and each other one is followed by a `json` or
 * `text` block with the answer.
 * @throws Error when it has another form.
 */
export function readReadme(folder: string): Readme {
  const blocks = fencedBlocks(readFileSync(`${repositoryRoot}examples/${folder}/README.md`, "utf8"));
  const shells = blocks.flatMap(({ language }, index) => (language === "sh" ? [index] : []));
  const [start, ...others] = shells.map((index) => ({
    command: blocks[index]?.text ?? "",
    answer: blocks[index + 1],
  }));
  if (!start || !starts.test(start.command)) throw new Error(`${folder}: the first command starts no server`);
  const commands = others.map(({ command, answer }) => {
    if (answer && /^(json|text)$/.test(answer.language)) return { command, answer };
    throw new Error(`${folder}: no json or text block with the answer follows ${command}`);
  });
  const code = blocks.filter(({ language }) => /^(ts|prototxt)$/.test(language)).map(({ text }) => text);
  return { start: start.command, commands, code };
}

function fencedBlocks(markdown: string): Block[] {
  const matches = markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...matches].map(([, language = "", text = ""]) => ({ language, text: text.trimEnd() }));
}
