import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Command } from "../command.js";
import { commands } from "../commands.js";
import { ignoredFlag } from "../flags/flag.js";
import { recordingStream } from "../testing/recording-terminal.js";
import { renderCommandHelp, renderProgramHelp } from "./render-help.js";
import { wrap } from "./wrap.js";

const command: Command = {
  name: "fly",
  summary: "fly away",
  usage: "fly WHERE [flags]",
  description:
    "Flies there, and back when it is told to, which may take longer than the eighty columns it has.",
  groups: [
    {
      title: "Way",
      flags: {
        height: { kind: "int", value: "M", default: "100", help: "metres above the ground" },
        stops_on_the_way_to_the_end: { kind: "texts", value: "TOWN", help: "where to rest" },
        loop: { kind: "bool", help: "fly loops" },
      },
    },
    { title: "Accepted without effect", flags: { wings: ignoredFlag("bool", "there are wings already") } },
  ],
  examples: ["paddlewheel fly south --loop"],
  maxPositionals: 1,
  run: () => 0,
};

describe("help", () => {
  test("of a command has its flags by group, with values and defaults", () => {
    assert.equal(
      renderCommandHelp(command, recordingStream()),
      `Usage: paddlewheel fly WHERE [flags]

Flies there, and back when it is told to, which may take longer than the eighty
columns it has.

Way
  --height M                  metres above the ground (default 100)
  --stops_on_the_way_to_the_end TOWN...
                              where to rest
  --loop                      fly loops

Accepted without effect (each says why when given)
  --wings

Examples
  paddlewheel fly south --loop
`,
    );
  });

  test("of the program lists every command", () => {
    const page = renderProgramHelp(commands, recordingStream(false, 100));
    for (const { name, summary } of commands) assert.match(page, new RegExp(`^  ${name} +${summary}`, "m"));
  });

  test("has headings for a person", () => {
    assert.match(renderCommandHelp(command, recordingStream(true)), /^<bold:Way>$/m);
  });

  for (const one of commands) {
    test(`of ${one.name} fits the width it is given`, () => {
      const page = renderCommandHelp(one, recordingStream(false, 72));
      const wide = page.split("\n").filter((line) => line.length > 72 && !line.startsWith("  paddlewheel"));
      assert.deepEqual(wide, []);
    });
  }
});

test("text is broken at blanks only, and nothing of it is lost", () => {
  fc.assert(
    fc.property(fc.lorem({ maxCount: 40 }), fc.integer({ min: 1, max: 60 }), (text, width) => {
      const lines = wrap(text, width);
      assert.equal(lines.join(" "), text);
      assert.ok(lines.every((line) => line.length <= width || !line.includes(" ")));
    }),
  );
});
