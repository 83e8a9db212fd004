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
  /** The commands that start the servers, at least one. */
  readonly starts: readonly string[];
  /** All others, in their order. */
  readonly commands: readonly ReadmeCommand[];
  /** Everything it shows of code and conf. */
  readonly code: readonly string[];
}

const startsServer = /^packages\/cli\/bin\/paddlewheel\.js (?:start|serve) /;

/**
 * Reads the README of an example: its first `sh` blocks start servers, and each other one is followed by a `json` or `text`
 * block with the answer.
 * @throws Error when it has another form.
 */
export function readReadme(folder: string): Readme {
  const blocks = fencedBlocks(readFileSync(`${repositoryRoot}examples/${folder}/README.md`, "utf8"));
  const shells = blocks.flatMap(({ language }, index) => (language === "sh" ? [index] : []));
  const all = shells.map((index) => ({ command: blocks[index]?.text ?? "", answer: blocks[index + 1] }));
  const startCount = all.findIndex(({ command }) => !startsServer.test(command));
  const starts = all.slice(0, startCount).map(({ command }) => command);
  if (starts.length === 0) throw new Error(`${folder}: the first command starts no server`);
  const commands = all.slice(startCount).map(({ command, answer }) => {
    if (answer && /^(json|text)$/.test(answer.language)) return { command, answer };
    throw new Error(`${folder}: no json or text block with the answer follows ${command}`);
  });
  const code = blocks.filter(({ language }) => /^(ts|prototxt)$/.test(language)).map(({ text }) => text);
  return { starts, commands, code };
}

function fencedBlocks(markdown: string): Block[] {
  const matches = markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm);
  return [...matches].map(([, language = "", text = ""]) => ({ language, text: text.trimEnd() }));
}
