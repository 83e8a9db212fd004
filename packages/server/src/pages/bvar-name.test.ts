import assert from "node:assert/strict";
import { test } from "node:test";
import { bvarName } from "./bvar-name.js";

for (const [parts, name] of [
  [["rpc_server", 8010, "pkg.EchoService", "inference"], "rpc_server_8010_pkg_echo_service_inference"],
  [["HTTPServer", "Foo2Bar"], "httpserver_foo2_bar"],
  [["a.b-c__d", "E"], "a_b_c_d_e"],
] as const) {
  test(`${parts.join(" ")} is ${name} in brpc's variables`, () => assert.equal(bvarName(...parts), name));
}
