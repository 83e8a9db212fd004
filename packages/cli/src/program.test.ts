import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import type { Command, CommandCall } from "./command.js";
import { ExitCode } from "./exit-code.js";
import { ignoredFlag } from "./flags/flag.js";
import { runProgram } from "./program.js";
import { type RecordingTerminal, recordingTerminal } from "./testing/recording-terminal.js";
import { UsageError } from "./usage-error.js";

const calls: CommandCall[] = [];

/** A command that remembers its call and then does what a test says. */
function command(name: string, run: () => ExitCode | Promise<ExitCode> = () => ExitCode.ok): Command {
  return {
    name,
    summary: "",
    usage: name,
    description: `Does ${name}.`,
    groups: [
      {
        title: "Flags",
        flags: { port: { kind: "int", help: "" }, use_trt: ignoredFlag("bool", "there is none") },
      },
    ],
    examples: [],
    maxPositionals: 1,
    run: (call) => {
      calls.push(call);
      return run();
    },
  };
}

async function run(
  args: readonly string[],
  commands: readonly Command[] = [command("serve")],
): Promise<{ code: ExitCode; terminal: RecordingTerminal }> {
  const terminal = recordingTerminal();
  return { code: await runProgram({ commands, args, terminal }), terminal };
}

const failing = (error: unknown): readonly Command[] => [command("serve", () => Promise.reject(error))];

describe("the program", () => {
  test("runs a command with its flags and ends as it does", async () => {
    const { code } = await run(["serve", "x", "--port=1"], [command("serve", () => ExitCode.failed)]);
    assert.equal(code, 1);
    assert.equal(calls.at(-1)?.values.int("port"), 1);
    assert.deepEqual(calls.at(-1)?.positionals, ["x"]);
  });

  test("says why a given flag has no effect before the command runs", async () => {
    const { terminal } = await run(["serve", "--use_trt"]);
    assert.equal(terminal.err.text, "paddlewheel: --use_trt has no effect: there is none\n");
  });

  test("ends with 1 and the message when a command fails", async () => {
    const { code, terminal } = await run(["serve"], failing(new ServeError(Code.unavailable, "port taken")));
    assert.equal(code, 1);
    assert.equal(terminal.err.text, "paddlewheel: port taken\n");
  });

  test("shows the cause of an error that would hide it from a client", async () => {
    const hidden = ServeError.from(new Error("the disk is full"));
    const { terminal } = await run(["serve"], failing(hidden));
    assert.equal(terminal.err.text, "paddlewheel: the disk is full\n");
  });

  test("ends with 1 when a command throws what is no error", async () => {
    const { code, terminal } = await run(["serve"], failing("odd"));
    assert.deepEqual([code, terminal.err.text], [1, "paddlewheel: odd\n"]);
  });

  test("ends with 2 and the way to help when a command is used wrongly", async () => {
    const { code, terminal } = await run(["serve"], failing(new UsageError("name a model")));
    assert.equal(code, 2);
    assert.equal(terminal.err.text, "paddlewheel: name a model\nTry paddlewheel serve --help\n");
  });

  test("refuses more arguments than a command takes", async () => {
    const { code, terminal } = await run(["serve", "a", "b"]);
    assert.equal(code, 2);
    assert.match(terminal.err.text, /^paddlewheel: serve: unexpected argument "b"\n/);
  });

  test("lists its commands when an unknown one is like none of them", async () => {
    const { terminal } = await run(["xyz"], [command("serve"), command("start")]);
    assert.match(terminal.err.text, /^paddlewheel: unknown command "xyz"; there are serve, start\n/);
  });

  test("prints its help on standard error and ends with 2 when told nothing", async () => {
    const { code, terminal } = await run([]);
    assert.equal(code, 2);
    assert.equal(terminal.out.text, "");
    assert.match(terminal.err.text, /^Usage: paddlewheel COMMAND/);
  });

  for (const args of [["--help"], ["-h"], ["help"]]) {
    test(`prints its help for ${args.join(" ")}`, async () => {
      const { code, terminal } = await run(args);
      assert.equal(code, 0);
      assert.match(terminal.out.text, /^Usage: paddlewheel COMMAND/);
    });
  }

  for (const args of [
    ["serve", "--help"],
    ["serve", "--port", "1", "-h"],
    ["help", "serve"],
    ["--help", "serve"],
  ]) {
    test(`prints a command's help for ${args.join(" ")}, and does not run it`, async () => {
      const before = calls.length;
      const { code, terminal } = await run(args);
      assert.equal(code, 0);
      assert.match(terminal.out.text, /^Usage: paddlewheel serve\n\nDoes serve\.\n/);
      assert.equal(calls.length, before);
    });
  }

  for (const args of [["--version"], ["-V"], ["serve", "-V"]]) {
    test(`tells its version for ${args.join(" ")}`, async () => {
      const { code, terminal } = await run(args);
      assert.equal(code, 0);
      assert.match(terminal.out.text, /^paddlewheel \d+\.\d+\.\d+\n$/);
    });
  }
});
