import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Code, ServeError } from "@paddlewheel/core";
import fc from "fast-check";
import { formatAddress, parseAddress } from "./address.js";
import { parseNaming } from "./parse-naming.js";
import { defaultServerListLimits, parseServerFile } from "./parse-servers.js";

const parse = (text: string) => parseNaming(text, defaultServerListLimits);
const invalid = (message: string) => new ServeError(Code.invalidConf, message);

function assertFaults(text: string, message: string): void {
  assert.throws(() => parse(text), invalid(message));
}

describe("a naming URL", () => {
  test("that is host:port names one server", () => {
    assert.deepEqual(parse("models.example:9393"), {
      kind: "fixed",
      hosts: [{ address: "models.example:9393", tag: "" }],
    });
    assert.deepEqual(parse("[::1]:80"), { kind: "fixed", hosts: [{ address: "[::1]:80", tag: "" }] });
  });

  test("of list:// names servers with tags, each once", () => {
    assert.deepEqual(parse("list://a:1, b:2 3,[fe80::1]:3 zone:x,a:1,a:1 5"), {
      kind: "fixed",
      hosts: [
        { address: "a:1", tag: "" },
        { address: "b:2", tag: "3" },
        { address: "[fe80::1]:3", tag: "zone:x" },
        { address: "a:1", tag: "5" },
      ],
    });
  });

  test("of file:// and of DNS says where to look", () => {
    assert.deepEqual(parse("file://conf/servers"), { kind: "file", path: "conf/servers" });
    assert.deepEqual(parse("http://models"), { kind: "dns", host: "models", port: 80 });
    assert.deepEqual(parse("https://models/"), { kind: "dns", host: "models", port: 443 });
    assert.deepEqual(parse("https://models:8443"), { kind: "dns", host: "models", port: 8443 });
  });

  test("with several faults tells all of them, with their positions", () => {
    assertFaults(
      "list://a:1,b,c:0",
      [
        'list://[1]: "b" is no server: expected host:port, or [address]:port for IPv6',
        'list://[2]: "c:0" is no server: expected host:port, or [address]:port for IPv6',
      ].join("\n"),
    );
  });

  test("of another naming service is told which there are", () => {
    const known = "there are list://, file://, http://, https:// and a plain host:port";
    assertFaults("bns://group.model", `"bns://" is no naming service; ${known}`);
    assertFaults("lists://a:1", `"lists://" is no naming service; did you mean "list"? ${known}`);
  });

  test("that names nothing is refused", () => {
    assertFaults("", '"" is neither host:port nor a naming URL');
    assertFaults("localhost", '"localhost" is neither host:port nor a naming URL');
    assertFaults("::1:80", '"::1:80" is neither host:port nor a naming URL');
    assertFaults("file://", "file:// names no file");
    assertFaults("http://a/b", '"http://a/b" names no host: expected host or host:port');
    assertFaults("list://", 'list://[0]: "" is no server: expected host:port, or [address]:port for IPv6');
  });

  test("with more servers than are allowed is refused", () => {
    const limits = { maxHosts: 2, maxLineLength: 8 };
    assert.throws(
      () => parseNaming("list://a:1,b:1,c:1", limits),
      invalid("list://: 3 servers, at most 2 are allowed"),
    );
    assert.throws(
      () => parseNaming("list://a:1,long.name:1", limits),
      invalid("list://[1]: 11 characters, at most 8 are allowed"),
    );
  });

  test("of any text is read or refused with a message", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `list://${text}`),
        ),
        (text) => {
          try {
            parse(text);
          } catch (error) {
            assert.ok(error instanceof ServeError && error.code === Code.invalidConf);
          }
        },
      ),
    );
  });
});

describe("a server file", () => {
  test("has a server a line, with comments and blank lines between", () => {
    const text = "# group\r\n\na:1\n  b:2 k:v,w:x  # second\na:1\n";
    assert.deepEqual(parseServerFile(text, "servers", defaultServerListLimits), {
      hosts: [
        { address: "a:1", tag: "" },
        { address: "b:2", tag: "k:v,w:x" },
      ],
      faults: [],
    });
  });

  test("with a fault names its line", () => {
    const { faults } = parseServerFile("a:1\n\nnonsense", "servers", defaultServerListLimits);
    const message = '"nonsense" is no server: expected host:port, or [address]:port for IPv6';
    assert.deepEqual(faults, [{ path: ["servers:3"], message }]);
  });

  test("without a server is a fault", () => {
    const { faults } = parseServerFile("# soon\n", "servers", defaultServerListLimits);
    assert.deepEqual(faults, [{ path: ["servers"], message: "names no server" }]);
  });
});

test("every address that is written can be read", () => {
  const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(host, fc.integer({ min: 1, max: 65_535 }), (name, port) => {
      assert.deepEqual(parseAddress(formatAddress({ host: name, port })), { host: name, port });
    }),
  );
});
