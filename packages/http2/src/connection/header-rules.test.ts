import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type HeaderPairs, requestHeaders, toFields } from "../testing/test-peer.js";
import { declaredLength, requestFault, responseFault, trailersFault } from "./header-rules.js";

function faultOf(...more: HeaderPairs): string | undefined {
  return requestFault(toFields([...requestHeaders, ...more]));
}

describe("requestFault", () => {
  test("finds nothing wrong with what gRPC and HTTP clients send", () => {
    assert.equal(
      faultOf(
        ["te", "trailers"],
        ["content-type", "application/grpc"],
        ["user-agent", "grpc-c++/1.51.1 grpc-c/29.0.0 (linux; chttp2)"],
        ["grpc-timeout", "999m"],
        ["x-empty", ""],
        ["x-latin1", "caf\u00e9"],
        ["x-bin", "AAEC"],
        ["!#$%&'*+-.^_`|~09", "a name of every sign"],
      ),
      undefined,
    );
    assert.equal(
      requestFault(
        toFields([
          [":method", "GET"],
          [":scheme", "https"],
          [":path", "*"],
        ]),
      ),
      undefined,
    );
  });

  test("names the pseudo-header that is missing, unknown, doubled or out of place", () => {
    const without = (name: string): string | undefined =>
      requestFault(toFields(requestHeaders.filter(([key]) => key !== name)));
    assert.equal(without(":method"), ":method is missing");
    assert.equal(without(":scheme"), ":scheme is missing");
    assert.equal(without(":path"), ":path is missing");
    assert.equal(without(":authority"), undefined);
    assert.equal(requestFault([]), ":method is missing");
    assert.equal(faultOf([":status", "200"]), 'there is no ":status" here');
    assert.equal(faultOf([":protocol", "websocket"]), 'there is no ":protocol" here');
    assert.equal(faultOf([":", ""]), 'there is no ":" here');
    assert.equal(faultOf([":path", "/other"]), ":path stands twice");
    const late = toFields([...requestHeaders.slice(0, 3), ["x", "y"], [":authority", "a"]]);
    assert.equal(requestFault(late), ":authority stands behind other fields");
  });

  test("takes host for what :authority says, and nothing else", () => {
    const withHost = (...hosts: string[]) =>
      requestFault(toFields([...requestHeaders, ...hosts.map((host) => ["host", host] as const)]));
    const authority = requestHeaders.find(([name]) => name === ":authority")?.[1] ?? "";
    const fault = "host and :authority name different servers";
    assert.equal(withHost(authority), undefined);
    assert.equal(withHost(authority.toUpperCase()), undefined);
    assert.equal(withHost("elsewhere"), fault);
    assert.equal(withHost(authority, "elsewhere"), fault);
    const others = requestHeaders.filter(([name]) => name !== ":authority");
    assert.equal(requestFault(toFields([...others, ["host", "a"]])), undefined);
    assert.equal(requestFault(toFields([...others, ["host", "a"], ["host", "b"]])), fault);
  });

  test("asks of CONNECT an authority and no more", () => {
    assert.equal(
      requestFault(
        toFields([
          [":method", "CONNECT"],
          [":authority", "a:1"],
        ]),
      ),
      undefined,
    );
    assert.equal(requestFault(toFields([[":method", "CONNECT"]])), "CONNECT has no :authority");
    const full = toFields([[":method", "CONNECT"], ...requestHeaders.slice(1)]);
    assert.equal(requestFault(full), "CONNECT has :scheme or :path");
  });

  test("names the field whose name cannot be one", () => {
    for (const name of ["", "Upper", "with space", "co:lon", "tab\t", "nul\0", "del\u007f", "caf\u00e9"]) {
      assert.equal(faultOf([name, "x"]), `${JSON.stringify(name)} is no header name`);
    }
    assert.equal(faultOf(["X".repeat(1000), "x"]), `"${"X".repeat(64)}" is no header name`);
  });

  test("names the field whose value cannot be one", () => {
    for (const value of ["a\0b", "a\rb", "a\nb", " a", "a ", "\ta", "a\t"]) {
      assert.equal(faultOf(["x", value]), '"x" has a value that no header can have');
    }
    const path = requestHeaders.map(([name, value]) => [name, name === ":path" ? "/a\nb" : value] as const);
    assert.equal(requestFault(toFields(path)), '":path" has a value that no header can have');
  });

  test("names the field that belongs to one hop of HTTP/1", () => {
    for (const name of ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]) {
      assert.equal(faultOf([name, "x"]), `${name} belongs to HTTP/1`);
    }
    assert.equal(faultOf(["te", "gzip"]), "te can only be trailers");
  });
});

describe("responseFault", () => {
  const faultOfPairs = (...pairs: HeaderPairs): string | undefined => responseFault(toFields(pairs));

  test("finds nothing wrong with what servers send", () => {
    assert.equal(faultOfPairs([":status", "200"], ["content-type", "application/grpc"]), undefined);
    assert.equal(faultOfPairs([":status", "100"]), undefined);
    assert.equal(faultOfPairs([":status", "999"]), undefined);
  });

  test("names a status that is missing, doubled, out of place or none", () => {
    assert.equal(faultOfPairs(), ":status is missing");
    assert.equal(faultOfPairs(["content-type", "text/html"]), ":status is missing");
    assert.equal(faultOfPairs([":status", "200"], [":status", "200"]), ":status stands twice");
    assert.equal(faultOfPairs(["x", "y"], [":status", "200"]), ":status stands behind other fields");
    for (const status of ["", "20", "2000", "099", "2x0", "101"]) {
      assert.equal(faultOfPairs([":status", status]), `:status cannot be "${status}"`);
    }
  });

  test("names whatever else no answer may have", () => {
    assert.equal(faultOfPairs([":status", "200"], [":path", "/"]), 'there is no ":path" here');
    assert.equal(faultOfPairs([":status", "200"], ["connection", "close"]), "connection belongs to HTTP/1");
  });
});

describe("trailersFault", () => {
  test("finds pseudo-headers and whatever no header may be", () => {
    assert.equal(trailersFault(toFields([["grpc-status", "0"]])), undefined);
    assert.equal(trailersFault(toFields([[":path", "/"]])), 'there is no ":path" here');
    assert.equal(trailersFault(toFields([["Upper", "x"]])), '"Upper" is no header name');
  });
});

describe("declaredLength", () => {
  test("reads a length, none, and one that is wrong", () => {
    const lengthOf = (...values: readonly string[]): number | undefined =>
      declaredLength(toFields(values.map((value) => ["content-length", value])));
    assert.equal(lengthOf(), undefined);
    assert.equal(lengthOf("0"), 0);
    assert.equal(lengthOf("123", "123"), 123);
    for (const wrong of [
      [""],
      ["-1"],
      ["+1"],
      ["1.5"],
      ["0x10"],
      ["1e3"],
      ["1".repeat(16)],
      ["1", "2"],
      ["x", "1"],
    ]) {
      assert.ok(Number.isNaN(lengthOf(...wrong)), wrong.join());
    }
  });
});
