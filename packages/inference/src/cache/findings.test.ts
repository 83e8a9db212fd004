import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { createModelFolder } from "../testing/model-folder.js";
import { Findings } from "./findings.js";

interface Kit {
  readonly dir: string;
  readonly file: string;
  /** A start that asks a question and would find this; gives what it got. */
  ask(question: unknown, value: number, failure?: string): Promise<number>;
}

async function createKit(t: TestContext): Promise<Kit> {
  const dir = await createModelFolder(t, {});
  const ask: Kit["ask"] = async (question, value, failure) => {
    const answer = await new Findings(dir).ask(question, async () => ({ value, failure }));
    return answer.value;
  };
  return { dir, file: join(dir, "findings.json"), ask };
}

describe("Findings", () => {
  test("finds out once what is asked, in whatever process", async (t) => {
    const { ask } = await createKit(t);
    assert.equal(await ask(["q", 1], 2.5), 2.5);
    assert.equal(await ask(["q", 2], 7), 7);
    assert.deepEqual([await ask(["q", 1], 0), await ask(["q", 2], 0)], [2.5, 7]);
  });

  test("keeps no failure", async (t) => {
    const { ask } = await createKit(t);
    assert.equal(await ask("q", 1, "no memory"), 1);
    assert.equal(await ask("q", 2), 2);
    assert.equal(await ask("q", 3), 2);
  });

  test("keeps the newest 16 answers", async (t) => {
    const { ask } = await createKit(t);
    for (let question = 0; question < 17; question++) await ask(question, question);
    assert.deepEqual([await ask(1, -1), await ask(16, -1), await ask(0, -1)], [1, 16, -1]);
  });

  test("knows nothing from a file that is cut, changed, too large or none of ours, and writes it anew", async (t) => {
    const { ask, file } = await createKit(t);
    await ask("q", 2.5);
    const whole = await readFile(file, "utf8");
    const broken = [
      whole.slice(0, -10),
      whole.replace("2.5", "1.5"),
      whole.padEnd(100_000),
      "",
      "{}",
      "null",
    ];
    for (const [i, text] of broken.entries()) {
      await writeFile(file, text);
      assert.equal(await ask("q", i), i);
      assert.equal(await ask("q", -1), i);
    }
  });

  test("does without a folder that it cannot write to", async (t) => {
    const findings = new Findings(join((await createKit(t)).dir, "gone"));
    const found = { failure: undefined };
    assert.equal(await findings.ask("q", async () => found), found);
  });
});
