import assert from "node:assert/strict";
import { test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { type AdmissionSnapshot, lineLimits, planAdmission, refusalError } from "./plan-admission.js";

const limits = { maxQueueSize: 10, maxQueueWaitMs: 0 };
const calm: AdmissionSnapshot = {
  waiting: 9,
  runsAhead: 3,
  runMs: 10,
  standingMs: 0,
  leftMs: Number.POSITIVE_INFINITY,
};

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

test("a burst may wait half a second, a line that stays three runs", () => {
  const { standingMs, minStandingWaitMs } = lineLimits;
  assert.equal(refusal({ runsAhead: 50, standingMs: standingMs - 1 }), undefined);
  assert.equal(refusal({ runsAhead: 51 }), "max_queue_wait");
  assert.equal(refusal({ runsAhead: 3, runMs: 100, standingMs }), undefined);
  assert.equal(refusal({ runsAhead: 3.1, runMs: 100, standingMs }), "max_queue_wait");
  assert.equal(refusal({ runsAhead: minStandingWaitMs, runMs: 1, standingMs }), undefined);
});

test("a wait in conf holds whatever the line has been", () => {
  assert.equal(refusal({ standingMs: 1000 }, 30), undefined);
  assert.equal(refusal({}, 29), "max_queue_wait");
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
    tell({ standingMs: 100, runsAhead: 4, runMs: 20 }),
    say(
      Code.resourceExhausted,
      "the answer would come in about 100 ms; max_queue_wait_ms allows a wait of 60 ms now",
    ),
  );
});
