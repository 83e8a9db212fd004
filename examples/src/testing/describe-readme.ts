import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { assertAnswer } from "./answers.js";
import { readReadme, repositoryRoot } from "./readme.js";
import { type ExampleServer, isInstalled, runShell, startServer } from "./shell.js";

/** The port of every README; tests take a free one. */
const writtenPort = "9393";

/**
 * Does what the README of an example says: starts its server, runs its commands in their order, and compares the answers.
 * Further tests of the server get its URL when they run.
 */
export function describeReadme(folder: string, furtherTests: (url: () => string) => void = () => {}): void {
  const { start, commands, code } = readReadme(folder);
  describe(`the README of examples/${folder}`, () => {
    let server: ExampleServer | undefined;
    before(async () => {
      server = await startServer(start.replaceAll(writtenPort, "0"));
    });
    after(async () => assert.equal(await server?.stop(), 0));

    for (const { command, answer } of commands) {
      test(`shows what this answers: ${command}`, { skip: skipWithout(command) }, async () => {
        assertAnswer(await runShell(command.replaceAll(writtenPort, String(server?.port))), answer);
      });
    }
    furtherTests(() => server?.url ?? "");
  });

  test(`the README of examples/${folder} shows code and conf as they are`, () => {
    const sources = withoutLayout(sourcesOf(folder));
    for (const text of code)
      assert.ok(sources.includes(withoutLayout(text)), `nowhere in the example: ${text}`);
  });
}

/** Tests need nothing but Node; where CI is set a missing program is a fault of the set-up, and the test fails. */
function skipWithout(command: string): string | false {
  const [program = ""] = command.split(" ");
  return !process.env.CI && !isInstalled(program) && `needs ${program}`;
}

function sourcesOf(folder: string): string {
  const folders = [`${repositoryRoot}examples/src/${folder}/`, `${repositoryRoot}examples/${folder}/conf/`];
  return folders
    .flatMap((path) => readdirSync(path).map((file) => readFileSync(path + file, "utf8")))
    .join("\n");
}

/** Without indentation, and without the comments of conf. */
function withoutLayout(text: string): string {
  return text.replace(/^\s*(#.*\n)?\s*/gm, "");
}
