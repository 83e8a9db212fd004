import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import { LoadBalancer, parseLoadBalancer } from "./parse-load-balancer.js";

function assertFaults(text: string, ...lines: readonly string[]): void {
  assert.throws(() => parseLoadBalancer(text), new ServeError(Code.invalidConf, lines.join("\n")));
}

describe("a load_balance_strategy", () => {
  test("is a name, and rr when it is empty", () => {
    for (const name of Object.values(LoadBalancer)) assert.equal(parseLoadBalancer(name).name, name);
    assert.deepEqual(parseLoadBalancer(""), { name: "rr", replicas: 100, recover: undefined });
  });

  test("has parameters behind a colon", () => {
    assert.equal(parseLoadBalancer("c_md5:replicas=200").replicas, 200);
    assert.deepEqual(parseLoadBalancer("rr:min_working_instances=6  hold_seconds=10").recover, {
      minWorkingInstances: 6,
      holdSeconds: 10,
    });
  });

  test("that is unknown names the one that may be meant, or all", () => {
    assertFaults("c_md6", 'no load balancer "c_md6"; did you mean "c_md5"?');
    assertFaults(
      "fastest",
      'no load balancer "fastest", there is "rr", "wrr", "random", "wr", "la", "p2c", "c_murmurhash", "c_md5", "c_ketama"',
    );
  });

  test("with parameters that are wrong tells all of them", () => {
    assertFaults(
      "rr:min_working_instances=0 hold_seconds=x replicas=5 fast",
      'fast: "fast" is not name=value',
      'min_working_instances: "0" is no whole number from 1 to 1000000',
      'hold_seconds: "x" is no whole number from 1 to 86400',
      "replicas: this load balancer has no such parameter",
    );
    assertFaults("c_md5:replicas=1001", 'replicas: "1001" is no whole number from 1 to 1000');
    assertFaults(
      "c_ketama:replicas=30",
      "replicas: 30 is no multiple of 4, which c_ketama gets from each hash",
    );
    assertFaults("rr:hold_seconds=3", "min_working_instances: is needed with hold_seconds");
    assertFaults("rr:min_working_instances=3", "hold_seconds: is needed with min_working_instances");
  });
});
