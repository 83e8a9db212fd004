import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type StopListener, StopListeners } from "./stop-listeners.js";

test("StopListeners keeps those that were not taken back, in the order they came", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(9))), (steps) => {
      const listeners = new StopListeners();
      const came: ReturnType<StopListeners["add"]>[] = [];
      const left: StopListener[] = [];
      for (const step of steps) {
        const listening = step === null ? undefined : came[step];
        if (listening) {
          // Also those that are gone already.
          listeners.remove(listening);
          if (left.includes(listening.listener)) left.splice(left.indexOf(listening.listener), 1);
        } else {
          const listener: StopListener = () => {};
          came.push(listeners.add(listener));
          left.push(listener);
        }
        assert.deepEqual(listeners.inTurn(), left);
        assert.equal(listeners.count, left.length);
      }
      listeners.clear();
      assert.equal(listeners.count, 0);
    }),
  );
});
