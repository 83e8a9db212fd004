import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ErrorCode } from "../frame/error-code.js";
import { ConnectionPair } from "../testing/connection-pair.js";

type Step =
  | { readonly do: "request"; readonly size: number }
  | { readonly do: "carry"; readonly count: number }
  | { readonly do: "cancel" | "reset"; readonly index: number }
  | { readonly do: "unwritten"; readonly bytes: number }
  | { readonly do: "answer" | "sweep" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("request" as const),
      size: fc.oneof(fc.nat(20), fc.constantFrom(16_384, 65_535, 65_536, 200_000)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("carry" as const),
      count: fc.oneof(fc.nat(40), fc.constantFrom(16_393, 100_000, Number.POSITIVE_INFINITY)),
    }),
  },
  fc.record({ do: fc.constantFrom("cancel" as const, "reset" as const), index: fc.nat(20) }),
  fc.record({ do: fc.constant("unwritten" as const), bytes: fc.constantFrom(0, 300_000) }),
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("answer" as const, "sweep" as const) }) },
);

/** How the connection ends, after all steps but those that come behind. */
const ending = fc.constantFrom("none", "server shutdown", "server close", "socket", "client close");

function take(pair: ConnectionPair, step: Step, index: number): void {
  if (step.do === "request") pair.request(Buffer.alloc(step.size, index));
  else if (step.do === "carry") pair.carry(step.count);
  else if (step.do === "cancel") pair.cancel(step.index);
  else if (step.do === "reset") pair.reset(step.index);
  else if (step.do === "unwritten") pair.clientUnwrittenBytes = step.bytes;
  else if (step.do === "answer") pair.answer();
  else pair.sweep(index * 100);
}

function end(pair: ConnectionPair, how: string): void {
  if (how === "server shutdown") pair.server.shutdown();
  if (how === "server close") pair.server.close(ErrorCode.internalError);
  if (how === "client close") pair.client.close();
  if (how === "socket") {
    pair.client.abort();
    pair.server.abort();
  }
}

test("every call ends once and with its own bytes, whatever is cancelled, refused or closed meanwhile", () => {
  const steps = fc.array(step, { maxLength: 40 });
  fc.assert(
    fc.property(
      steps,
      ending,
      steps,
      fc.integer({ min: 1, max: 5 }),
      (before, how, after, maxConcurrentStreams) => {
        const pair = new ConnectionPair({
          maxConcurrentStreams,
          streamWindowSize: 65_535,
          connectionWindowSize: 65_535,
        });
        for (const [i, each] of before.entries()) take(pair, each, i);
        end(pair, how);
        for (const [i, each] of after.entries()) take(pair, each, before.length + i);
        pair.clientUnwrittenBytes = 0;
        pair.finish();
        pair.sweep(20_000);
        pair.finish();
        pair.sweep(40_000);
        pair.finish();
        assert.deepEqual(pair.faults, []);
        assert.equal(pair.client.waitingCount, 0);
        assert.equal(pair.client.streamCount, 0);
        for (const call of pair.calls) {
          assert.equal(call.ends.length, call.isCancelled ? 0 : 1);
          const [end] = call.ends;
          if (end === "answered") assert.ok(Buffer.concat(call.answer).equals(call.body));
          else if (end?.isUnprocessed) assert.ok(!pair.seenPaths.has(call.path));
          else if (end && how === "none") assert.equal(end.by, "server");
        }
      },
    ),
    { numRuns: 300 },
  );
});
