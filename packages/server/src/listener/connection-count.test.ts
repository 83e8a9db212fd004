import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ConnectionCount, placeOf } from "./connection-count.js";

describe("ConnectionCount", () => {
  const limits = { maxConnections: 5, maxConnectionsPerIp: 2 };

  test("takes so many from each address, and so many in all", () => {
    const count = new ConnectionCount(limits);
    const open = (address: string) => count.open(address);
    assert.deepEqual(["10.0.0.1", "10.0.0.1", "10.0.0.1"].map(open), [
      undefined,
      undefined,
      "max_connections_per_ip",
    ]);
    assert.deepEqual(["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"].map(open), [
      undefined,
      undefined,
      undefined,
      "max_connections",
    ]);
  });

  test("has room again when one has ended", () => {
    const count = new ConnectionCount(limits);
    count.open("10.0.0.1");
    count.open("::ffff:10.0.0.1");
    assert.equal(count.open("10.0.0.1"), "max_connections_per_ip");
    count.close("10.0.0.1");
    assert.equal(count.open("10.0.0.1"), undefined);
  });

  test("limits no address of this machine, and none at all with 0", () => {
    for (const address of ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"]) {
      const count = new ConnectionCount(limits);
      for (let i = 0; i < 5; i++) assert.equal(count.open(address), undefined);
      assert.equal(count.open(address), "max_connections");
    }
    const count = new ConnectionCount({ maxConnections: 5, maxConnectionsPerIp: 0 });
    for (let i = 0; i < 5; i++) assert.equal(count.open("10.0.0.1"), undefined);
  });
});

for (const [address, place] of [
  ["10.1.2.3", "10.1.2.3"],
  ["::ffff:10.1.2.3", "10.1.2.3"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::6", "2001:db8:1:2"],
  ["2001:db8::6", "2001:db8:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["::1", "0:0:0:0"],
] as const) {
  test(`${address} is counted as ${place}`, () => assert.equal(placeOf(address), place));
}
