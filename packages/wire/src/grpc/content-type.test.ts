import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isGrpcContentType } from "./content-type.js";

describe("isGrpcContentType", () => {
  for (const value of [
    "application/grpc",
    "application/grpc+proto",
    "application/grpc;charset=utf-8",
    "application/grpc+proto ; messageType=x",
    "Application/GRPC",
  ]) {
    test(`takes ${value}`, () => assert.equal(isGrpcContentType(value), true));
  }

  for (const value of [
    undefined,
    "",
    "application/json",
    "application/grpc+json",
    "application/grpc-web",
    "application/grpc-web+proto",
    "application/grpc+protobuf",
    "application/grpcx",
    "text/application/grpc",
    " application/grpc",
  ]) {
    test(`refuses ${value}`, () => assert.equal(isGrpcContentType(value), false));
  }
});
