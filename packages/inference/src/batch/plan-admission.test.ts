import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import {
  type AdmissionSnapshot,
  isTooLate,
  lateError,
  planAdmission,
  refusalError,
} from "./plan-admission.js";
import { emptyLine, type LineLoad } from "./plan-line-load.js";

const limits = { maxQueueSize: 10, maxQueueWaitMs: 0 };
const calm: AdmissionSnapshot = {
  waiting: 9,
  runsAhead: 3,
  runMs: 10,
  isBatched: false,
  load: emptyLine,
  leftMs: Number.POSITIVE_INFINITY,
};

const overloaded: LineLoad = { isOverloaded: true, settledRuns: Number.POSITIVE_INFINITY };

function settled(settledRuns: number): LineLoad {
  return { isOverloaded: false, settledRuns };
}

function refusal(change: Partial<AdmissionSnapshot>, maxQueueWaitMs = 0): string | undefined {
  return planAdmission({ ...calm, ...change }, { ...limits, maxQueueWaitMs })?.limit;
}

test("a request joins a line that is short enough", () => {
  assert.equal(refusal({}), undefined);
  assert.equal(refusal({ waiting: 10 }), "max_queue_size");
});

test("a request whose answer would come after its deadline is refused", () => {
  assert.equal(refusal({ leftMs: 40 }), undefined);
  assert.equal(refusal({ leftMs: 39 }), "queue_deadline");
});

test("a burst may wait a second, or three runs of a model that takes longer", () => {
  assert.equal(refusal({ runsAhead: 100 }), undefined);
  assert.equal(refusal({ runsAhead: 101 }), "max_queue_wait");
  assert.equal(refusal({ runsAhead: 3, runMs: 1000 }), undefined);
  assert.equal(refusal({ runsAhead: 3.1, runMs: 1000 }), "max_queue_wait");
});

test("a line that has settled may grow by three runs, 25 ms or a quarter, and not past what a burst may wait", () => {
  assert.equal(refusal({ runsAhead: 5, runMs: 100, load: settled(2) }), undefined);
  assert.equal(refusal({ runsAhead: 5.1, runMs: 100, load: settled(2) }), "max_queue_wait");
  assert.equal(refusal({ runsAhead: 27, runMs: 1, load: settled(2) }), undefined);
  assert.equal(refusal({ runsAhead: 28, runMs: 1, load: settled(2) }), "max_queue_wait");
  assert.equal(refusal({ runsAhead: 75, load: settled(60) }), undefined);
  assert.equal(refusal({ runsAhead: 76, load: settled(60) }), "max_queue_wait");
  assert.equal(refusal({ runsAhead: 101, load: settled(99) }), "max_queue_wait");
});

test("under overload a request may find two runs ahead, one batch, or what takes 5 ms", () => {
  assert.equal(refusal({ runsAhead: 2, load: overloaded }), undefined);
  assert.equal(refusal({ runsAhead: 2.1, load: overloaded }), "max_queue_wait");
  assert.equal(refusal({ runsAhead: 1, load: overloaded, isBatched: true }), undefined);
  assert.equal(refusal({ runsAhead: 1.1, load: overloaded, isBatched: true }), "max_queue_wait");
  assert.equal(refusal({ runsAhead: 5, runMs: 1, load: overloaded }), undefined);
  assert.equal(refusal({ runsAhead: 5.1, runMs: 1, load: overloaded }), "max_queue_wait");
});

test("a wait in conf holds whatever the line has been", () => {
  assert.equal(refusal({ load: overloaded }, 30), undefined);
  assert.equal(refusal({}, 29), "max_queue_wait");
});

test("who was let in is late under overload only, and once its wait is a run longer than it may be", () => {
  assert.equal(isTooLate(30, { ...calm, load: overloaded }, limits), false);
  assert.equal(isTooLate(31, { ...calm, load: overloaded }, limits), true);
  assert.equal(isTooLate(10_000, calm, limits), false);
  assert.equal(isTooLate(10_000, { ...calm, load: overloaded }, { ...limits, maxQueueWaitMs: 30 }), false);
  assert.deepEqual(
    lateError("e", 30.5),
    new ServeError(
      Code.resourceExhausted,
      'engine "e": more comes than it can answer, and this request has waited 31 ms',
    ),
  );
});

test("who is refused is told what would have been, and by which limit", () => {
  const tell = (change: Partial<AdmissionSnapshot>) => {
    const refused = planAdmission({ ...calm, ...change }, limits);
    return refused && refusalError("e", refused, limits);
  };
  const say = (code: Code, text: string) => new ServeError(code, `engine "e": ${text}`);
  assert.deepEqual(
    tell({ waiting: 10 }),
    say(Code.resourceExhausted, "10 runs are waiting, the limit of max_queue_size"),
  );
  assert.deepEqual(
    tell({ leftMs: 12.5 }),
    say(Code.deadlineExceeded, "the answer would come in about 40 ms, after the deadline in 12 ms"),
  );
  assert.deepEqual(
    tell({ load: overloaded, runsAhead: 4, runMs: 20 }),
    say(
      Code.resourceExhausted,
      "the answer would come in about 100 ms; max_queue_wait_ms allows a wait of 40 ms now",
    ),
  );
});
