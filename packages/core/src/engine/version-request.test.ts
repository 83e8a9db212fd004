import assert from "node:assert/strict";
import { test } from "node:test";
import { Call } from "../call.js";
import { Code } from "../code.js";
import { ServeError } from "../serve-error.js";
import { formatModelVersion, VersionRequest } from "./version-request.js";

test("a request asks for a version of every engine, of some, or of some and all others", () => {
  const wanted = (text: string) => ["uci", "ocr"].map((engine) => VersionRequest.parse(text).of(engine));
  assert.deepEqual(wanted("canary"), ["canary", "canary"]);
  assert.deepEqual(wanted("uci=3"), ["3", undefined]);
  assert.deepEqual(wanted(" uci=3 ,ocr=stable"), ["3", "stable"]);
  assert.deepEqual(wanted("stable, ocr=2"), ["stable", "2"]);
});

test("names of engines that no header can hold are percent-encoded both ways", () => {
  const engine = "größe = 1, oder";
  const text = formatModelVersion(engine, "3");
  assert.match(text, /^[!-~]+$/);
  assert.equal(VersionRequest.parse(text).of(engine), "3");
  assert.equal(formatModelVersion("uci", "0", "a b"), "uci=0@a%20b");
});

test("a request that names no version is refused with what would be right", () => {
  for (const text of ["", "a,,b", "=3", "uci=", "a b", "uci=%zz=3", "%ff=1", "x".repeat(1025)]) {
    assert.throws(
      () => VersionRequest.parse(text),
      (thrown: ServeError) => {
        assert.equal(thrown.code, Code.invalidArgument);
        assert.match(thrown.message, /^x-model-version: must be a version or label, or ENGINE=VERSION/);
        return thrown.message.length < 300;
      },
    );
  }
  assert.throws(
    () => VersionRequest.parse("a b"),
    new ServeError(
      Code.invalidArgument,
      'x-model-version: must be a version or label, or ENGINE=VERSION for each engine, say "canary" or "uci=3, ocr=stable", at most 1024 characters, not "a b"',
    ),
  );
});

test("a call passes on what its request asks for, also to its parts, and gathers what ran for it", () => {
  const call = new Call({ service: "s", method: "m", modelVersion: "uci=3" });
  const part = call.child().child();
  assert.deepEqual([part.wantedVersion("uci"), part.wantedVersion("ocr")], ["3", undefined]);
  assert.equal(call.usedVersions, undefined);
  for (const version of ["uci=3", "ocr=1", "uci=3", "uci=4"]) part.noteVersion(version);
  assert.deepEqual([call.usedVersions, part.usedVersions], ["uci=3, ocr=1, uci=4", "uci=3, ocr=1, uci=4"]);
});

test("the versions of a call that ran many stay as short as a header must be", () => {
  const call = new Call({ service: "s", method: "m" });
  for (let version = 0; version < 1000; version++) call.noteVersion(`uci=${version}`);
  assert.ok((call.usedVersions?.length ?? 0) <= 1024);
  assert.equal(call.wantedVersion("uci"), undefined);
});
