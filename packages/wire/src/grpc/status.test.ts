import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { GrpcStatus, grpcStatusName, parseGrpcStatus } from "./status.js";

describe("GrpcStatus", () => {
  test("has the numbers 0 to 16, each once", () => {
    assert.deepEqual(
      Object.values(GrpcStatus),
      Array.from({ length: 17 }, (_, i) => i),
    );
  });

  test("has gRPC's numbers", () => {
    const { invalidArgument, unimplemented, internal, unavailable } = GrpcStatus;
    assert.deepEqual([invalidArgument, unimplemented, internal, unavailable], [3, 12, 13, 14]);
  });

  test("gives each number its name and other numbers none", () => {
    for (const [name, status] of Object.entries(GrpcStatus)) assert.equal(grpcStatusName(status), name);
    assert.equal(grpcStatusName(17), undefined);
  });
});

describe("parseGrpcStatus", () => {
  test("reads every status back from its digits", () => {
    for (const status of Object.values(GrpcStatus)) assert.equal(parseGrpcStatus(String(status)), status);
  });

  for (const text of ["", "17", "-1", "00", "013", "1.0", " 5", "OK"]) {
    test(`takes ${JSON.stringify(text)} for unknown`, () =>
      assert.equal(parseGrpcStatus(text), GrpcStatus.unknown));
  }
});
