import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code } from "../code.js";
import { Bus } from "./bus.js";
import { Channel } from "./channel.js";

describe("Bus", () => {
  test("gives the channel of a name", () => {
    const bus = new Bus();
    const channel = new Channel(1, "reader");
    bus.register(channel);
    assert.equal(bus.channel("reader"), channel);
    assert.throws(() => bus.channel("resize"), {
      code: Code.internal,
      message: 'the bus has no channel named "resize"',
    });
  });

  test("takes a name once", () => {
    const bus = new Bus();
    bus.register(new Channel(1, "reader"));
    assert.throws(() => bus.register(new Channel(2, "reader")), {
      code: Code.internal,
      message: 'the bus already has a channel named "reader"',
    });
  });

  test("clears all its channels", () => {
    const bus = new Bus();
    const channels = ["a", "b"].map((name, id) => new Channel<string>(id, name));
    for (const channel of channels) {
      bus.register(channel);
      channel.data = "data";
    }
    bus.clear();
    assert.deepEqual(
      channels.map(({ isAbsent }) => isAbsent),
      [true, true],
    );
  });

  test("inside another hides what it has itself, shows the rest, and clears only its own", () => {
    const outer = new Bus();
    const inner = new Bus(outer);
    const [hidden, shown] = ["a", "b"].map((name, id) => new Channel<string>(id, name)) as [Channel, Channel];
    outer.register(hidden);
    outer.register(shown);
    const own = new Channel<string>(2, "a");
    inner.register(own);
    assert.equal(inner.channel("a"), own);
    assert.equal(inner.channel("b"), shown);
    assert.equal(outer.channel("a"), hidden);
    for (const channel of [hidden, shown, own]) channel.data = "data";
    inner.clear();
    assert.deepEqual([hidden.isAbsent, shown.isAbsent, own.isAbsent], [false, false, true]);
    assert.throws(() => inner.channel("c"), { message: 'the bus has no channel named "c"' });
  });
});
