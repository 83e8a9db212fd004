import assert from "node:assert/strict";
import { test } from "node:test";
import { mayBegin, RunTicket } from "./run-ticket.js";

test("a run either begins or is taken back, whoever comes first", () => {
  const begun = new RunTicket();
  assert.deepEqual([mayBegin(begun.state), begun.takeBack()], [true, false]);
  const takenBack = new RunTicket();
  assert.deepEqual([takenBack.takeBack(), mayBegin(takenBack.state)], [true, false]);
  assert.equal(takenBack.takeBack(), true);
});
