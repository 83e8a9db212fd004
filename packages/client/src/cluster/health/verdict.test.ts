import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { FailureStage } from "../../transport/host-transport.js";
import type { HostOutcome } from "../cluster.js";
import { Verdict, verdictOf } from "./verdict.js";

function outcome(code: Code, stage?: FailureStage, errno?: string): HostOutcome {
  const cause = errno === undefined ? undefined : Object.assign(new Error(errno), { code: errno });
  return { latencyMs: 1, error: new ServeError(code, "failed", { cause }), stage };
}

const { unsent, unanswered, answered } = FailureStage;

describe("the verdict on a server", () => {
  const cases: readonly (readonly [string, HostOutcome, Verdict])[] = [
    ["that answered well", { latencyMs: 1 }, "well"],
    ["whose answer nobody wanted any more", { latencyMs: 1, isAbandoned: true }, "nothing"],
    ["that another one outran", { latencyMs: 1, isAbandoned: true, isOutrun: true }, "outrun"],
    ["that failed", outcome(Code.internal, answered), "failed"],
    ["that was at work for too long", outcome(Code.deadlineExceeded, unanswered), "failed"],
    ["that broke the connection", outcome(Code.unavailable, unanswered, "ECONNRESET"), "lost"],
    ["whose caller is at fault", outcome(Code.invalidArgument, answered), "well"],
    ["that has much to do", outcome(Code.resourceExhausted, answered), "nothing"],
    ["that says it is stopping", outcome(Code.unavailable, answered), "leaving"],
    ["that says so before it had the request", outcome(Code.unavailable, unsent), "leaving"],
    ["that says so, told by code alone", outcome(Code.unavailable), "leaving"],
    ["where nobody listens", outcome(Code.unavailable, unsent, "ECONNREFUSED"), "unreachable"],
    ["where no way leads", outcome(Code.unavailable, unsent, "EHOSTUNREACH"), "unreachable"],
    ["whose name has no address", outcome(Code.unavailable, unsent, "ENOTFOUND"), "unreachable"],
    ["that was not connected to in time", outcome(Code.deadlineExceeded, unsent), "connectTimeout"],
    ["of which the system says the same", outcome(Code.unavailable, unsent, "ETIMEDOUT"), "connectTimeout"],
    ["that never got the request", outcome(Code.invalidArgument, unsent), "nothing"],
    ["whose caller left", outcome(Code.cancelled, unanswered), "nothing"],
  ];
  for (const [server, ended, verdict] of cases) {
    test(`${server} is ${verdict}`, () => assert.equal(verdictOf(ended), verdict));
  }

  test("does not depend on what an answered error was caused by", () => {
    assert.equal(verdictOf(outcome(Code.internal, answered, "ECONNREFUSED")), Verdict.failed);
  });
});
