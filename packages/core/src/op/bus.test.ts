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
});
