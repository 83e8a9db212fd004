import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { Call, type CallOptions, raceStop } from "./call.js";
import { Code } from "./code.js";
import type { ServeError } from "./serve-error.js";
import { createDeferred } from "./testing/deferred.js";
import { ManualClock } from "./testing/manual-clock.js";

const clock = new ManualClock();

function createCall(options: Partial<CallOptions> = {}): Call {
  return new Call({ service: "GeneralModelService", method: "inference", clock, ...options });
}

/** A listener that keeps the reasons it hears. */
function createListener(): { heard: ServeError[]; listener: (reason: ServeError) => void } {
  const heard: ServeError[] = [];
  return { heard, listener: (reason) => heard.push(reason) };
}

describe("the deadline of a Call", () => {
  test("is its start plus the time the caller gives, on the clock's own scale", () => {
    const call = createCall({ timeoutMs: 250 });
    assert.equal(call.startedAt, clock.now());
    assert.equal(call.deadline, clock.now() + 250);
  });

  test("is Infinity, and needs no timer, when the caller gives none", () => {
    const call = createCall();
    call.onStop(() => {});
    assert.equal(call.deadline, Number.POSITIVE_INFINITY);
    assert.equal(clock.timerCount, 0);
  });

  test("stops the call when it passes, not before", () => {
    const call = createCall({ timeoutMs: 100 });
    clock.advance(99.9);
    call.throwIfStopped();
    clock.advance(0.2);
    assert.throws(() => call.throwIfStopped(), {
      name: "ServeError",
      code: Code.deadlineExceeded,
      message: "the deadline of 100 ms has passed",
    });
  });

  test("stops the call at once when it lies in the past", () => {
    for (const timeoutMs of [0, -1]) {
      assert.equal(createCall({ timeoutMs }).stopReason?.code, Code.deadlineExceeded);
    }
  });

  test("tells all listeners by one timer, once", () => {
    const call = createCall({ timeoutMs: 100 });
    const { heard, listener } = createListener();
    call.onStop(listener);
    call.onStop((reason) => listener(reason));
    assert.equal(clock.timerCount, 1);
    clock.advance(200);
    assert.deepEqual(heard, [call.stopReason, call.stopReason]);
    assert.equal(clock.timerCount, 0);
  });

  test("is noticed by whoever asks first, when the timer is late", () => {
    const call = createCall({ timeoutMs: 100 });
    const { heard, listener } = createListener();
    clock.setTimer(() => assert.equal(call.stopReason?.code, Code.deadlineExceeded), 100);
    call.onStop(listener);
    clock.advance(100);
    assert.deepEqual(heard, [call.stopReason]);
  });
});

describe("cancelling a Call", () => {
  test("stops it with the message given", () => {
    const call = createCall();
    call.cancel("the connection was closed");
    assert.throws(() => call.throwIfStopped(), {
      code: Code.cancelled,
      message: "the connection was closed",
    });
  });

  test("works once: the first reason stays", () => {
    const call = createCall({ timeoutMs: 100 });
    const { heard, listener } = createListener();
    call.onStop(listener);
    call.cancel();
    const reason = call.stopReason;
    call.cancel("again");
    clock.advance(100);
    assert.equal(reason?.message, "the caller cancelled the call");
    assert.equal(call.stopReason, reason);
    assert.deepEqual(heard, [reason]);
  });

  test("cancels the timer of the deadline", () => {
    const call = createCall({ timeoutMs: 100 });
    call.onStop(() => {});
    call.cancel();
    assert.equal(clock.timerCount, 0);
  });

  test("does nothing when a listener of the stop does it again", () => {
    const call = createCall();
    const { heard, listener } = createListener();
    call.onStop(() => call.cancel("from a listener"));
    call.onStop(listener);
    call.cancel("first");
    assert.deepEqual(
      heard.map(({ message }) => message),
      ["first"],
    );
  });
});

describe("onStop", () => {
  test("runs the listener at once when the call has stopped", () => {
    const call = createCall();
    const { heard, listener } = createListener();
    call.cancel();
    call.onStop(listener);
    assert.deepEqual(heard, [call.stopReason]);
  });

  test("gives the function that takes the listener back", () => {
    const call = createCall();
    const { heard, listener } = createListener();
    const forget = call.onStop(() => assert.fail("this listener was taken back"));
    call.onStop(listener);
    forget();
    forget();
    call.cancel();
    assert.equal(heard.length, 1);
  });

  test("tells every listener, also when an earlier one throws", () => {
    const call = createCall();
    const { heard, listener } = createListener();
    call.onStop(() => {
      throw new Error("a listener at fault");
    });
    call.onStop(listener);
    call.cancel();
    assert.equal(heard.length, 1);
  });
});

describe("the signal of a Call", () => {
  test("aborts with the ServeError as its reason", () => {
    const call = createCall({ timeoutMs: 100 });
    const { signal } = call;
    assert.equal(call.signal, signal, "one signal per call");
    assert.equal(signal.aborted, false);
    clock.advance(100);
    assert.equal(signal.reason, call.stopReason);
  });

  test("is aborted from the start when the call has stopped", () => {
    const call = createCall();
    call.cancel();
    assert.equal(call.signal.reason, call.stopReason);
  });
});

describe("finishing a Call", () => {
  test("holds no timer and no listener, and the call cannot stop any more", () => {
    const call = createCall({ timeoutMs: 100 });
    const { signal } = call;
    call.onStop(() => assert.fail("the call has finished"));
    call.finish();
    assert.equal(clock.timerCount, 0);
    call.cancel();
    clock.advance(100);
    assert.equal(call.stopReason, undefined);
    assert.equal(signal.aborted, false);
  });

  test("leaves nothing to start for those who listen later", () => {
    const call = createCall({ timeoutMs: 100 });
    call.finish();
    call.onStop(() => assert.fail("the call has finished"));
    assert.equal(call.signal.aborted, false);
    assert.equal(clock.timerCount, 0);
  });

  test("keeps the reason of a call that stopped before", () => {
    const call = createCall();
    call.cancel();
    call.finish();
    assert.equal(call.stopReason?.code, Code.cancelled);
  });
});

describe("raceStop", () => {
  test("gives what the work gives, or throws what it throws, and forgets the call", async () => {
    const call = createCall({ timeoutMs: 100 });
    assert.equal(await raceStop(call, Promise.resolve("done")), "done");
    await assert.rejects(raceStop(call, Promise.reject(new Error("broken"))), new Error("broken"));
    call.finish();
  });

  test("takes its listener back once the work has ended", async () => {
    const call = createCall();
    const onStop = call.onStop.bind(call);
    let taken = 0;
    call.onStop = (listener) => {
      const forget = onStop(listener);
      return () => {
        taken++;
        forget();
      };
    };
    await raceStop(call, Promise.resolve());
    await assert.rejects(raceStop(call, Promise.reject(new Error("broken"))));
    await setImmediate();
    assert.equal(taken, 2);
  });

  test("throws the reason when the call stops first", async () => {
    const call = createCall();
    const race = raceStop(call, createDeferred().promise);
    call.cancel();
    await assert.rejects(race, call.stopReason);
  });

  test("throws the reason at once when the call has stopped, even if the work is done", async () => {
    const call = createCall();
    call.cancel();
    await assert.rejects(raceStop(call, Promise.resolve("done")), call.stopReason);
  });

  test("drops what late work gives or throws", async () => {
    const call = createCall();
    const [late, broken] = [createDeferred<string>(), createDeferred<string>()];
    const races = [raceStop(call, late.promise), raceStop(call, broken.promise)];
    call.cancel();
    late.resolve("late");
    broken.reject(new Error("late and broken"));
    for (const race of races) await assert.rejects(race, call.stopReason);
    // An unhandled rejection would surface within this turn of the event loop and fail the test.
    await setImmediate();
  });
});

describe("a child of a Call", () => {
  test("stops with its parent, and with its parent's reason", () => {
    const call = createCall();
    const child = call.child();
    const { heard, listener } = createListener();
    child.onStop(listener);
    call.cancel("the connection was closed");
    assert.deepEqual(heard, [call.stopReason]);
    assert.equal(child.stopReason, call.stopReason);
  });

  test("knows that its parent has stopped without having listened", () => {
    const call = createCall();
    const child = call.child();
    call.cancel();
    assert.equal(child.stopReason, call.stopReason);
  });

  test("stops alone", () => {
    const call = createCall();
    const child = call.child();
    child.cancel("a neighbour failed");
    assert.equal(child.stopReason?.message, "a neighbour failed");
    assert.equal(call.stopReason, undefined);
  });

  test("has its own time, and its own words when that is over", () => {
    const call = createCall({ timeoutMs: 1000 });
    const child = call.child({ timeoutMs: 50, timeoutMessage: "too slow" });
    const { heard, listener } = createListener();
    child.onStop(listener);
    clock.advance(50);
    assert.deepEqual(
      heard.map(({ code, message }) => [code, message]),
      [[Code.deadlineExceeded, "too slow"]],
    );
    assert.equal(call.stopReason, undefined);
    call.finish();
  });

  test("cannot outlive its parent's deadline, and has that stop it by the parent's timer", () => {
    const call = createCall({ timeoutMs: 20 });
    const child = call.child({ timeoutMs: 500, timeoutMessage: "too slow" });
    child.onStop(() => {});
    assert.equal(child.deadline, call.deadline);
    assert.equal(clock.timerCount, 1);
    clock.advance(20);
    assert.equal(child.stopReason?.message, "the deadline of 20 ms has passed");
  });

  test("leaves nothing behind at its parent when it is finished", () => {
    const call = createCall({ timeoutMs: 1000 });
    const child = call.child({ timeoutMs: 50 });
    const { heard, listener } = createListener();
    child.onStop(listener);
    child.finish();
    call.finish();
    assert.equal(clock.timerCount, 0);
    call.cancel();
    assert.deepEqual(heard, []);
  });

  test("hands the attachment of the response to its parent", () => {
    const call = createCall();
    call.child().child().responseAttachment = Uint8Array.of(1);
    assert.deepEqual(call.responseAttachment, Uint8Array.of(1));
  });
});
