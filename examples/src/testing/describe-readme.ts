import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { assertAnswer } from "./answers.js";
import { readReadme, repositoryRoot } from "./readme.js";
import { type ExampleServer, isInstalled, runShell, startServer } from "./shell.js";

/** The ports of every README, of its first server and its second; tests take free ones. */
const writtenPorts = ["9393", "9394"];

/**
 * Does what the README of an example says: starts its servers, runs its commands in their order, and compares the answers.
 * Further tests of the first server get its URL when they run.
 */
export function describeReadme(folder: string, furtherTests: (url: () => string) => void = () => {}): void {
  const { starts, commands, code } = readReadme(folder);
  describe(`the README of examples/${folder}`, () => {
    const servers: ExampleServer[] = [];
    before(async () => {
      for (const start of starts) servers.push(await startServer(withPorts(start, () => "0")));
    });
    after(async () => {
      for (const server of servers) assert.equal(await server.stop(), 0);
    });

    for (const { command, answer } of commands) {
      test(`shows what this answers: ${command}`, { skip: skipWithout(command) }, async () => {
        const toServers = withPorts(command, (index) => String(servers[index]?.port));
        assertAnswer(await runShell(toServers), answer);
      });
    }
    furtherTests(() => servers[0]?.url ?? "");
  });

  test(`the README of examples/${folder} shows code and conf as they are`, () => {
    const sources = withoutLayout(sourcesOf(folder));
    for (const text of code)
      assert.ok(sources.includes(withoutLayout(text)), `nowhere in the example: ${text}`);
  });
}

function withPorts(command: string, portOf: (index: number) => string): string {
  return writtenPorts.reduce((text, port, index) => text.replaceAll(port, portOf(index)), command);
}

/** Tests need nothing but Node; where CI is set a missing program is a fault of the set-up, and the test fails. */
function skipWithout(command: string): string | false {
  const [program = ""] = command.split(" ");
  return !process.env.CI && !isInstalled(program) && `needs ${program}`;
}

function sourcesOf(folder: string): string {
  const folders = [`${repositoryRoot}examples/src/${folder}/`, `${repositoryRoot}examples/${folder}/conf/`];
  return folders
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((file) => readFileSync(path + file, "utf8")))
    .join("\n");
}

/** Without indentation, and without the comments of conf. */
function withoutLayout(text: string): string {
  return text.replace(/^\s*(#.*\n)?\s*/gm, "");
}
