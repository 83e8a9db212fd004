import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Code } from "@paddlewheel/core";
import { type IssuedCertificate, TestAuthority } from "../testing/test-authority.js";
import { readTlsMaterial, validityWarning } from "./tls-material.js";

const dayMs = 24 * 60 * 60 * 1000;

describe("the files of TLS", () => {
  let authority: TestAuthority;
  let server: IssuedCertificate;
  before(() => {
    authority = new TestAuthority();
    server = authority.issue({ name: "server" });
  });
  after(() => authority[Symbol.dispose]());

  const file = (name: string, text: string): string => {
    writeFileSync(join(authority.folder, name), text);
    return join(authority.folder, name);
  };
  const faultsOf = (options: Partial<Parameters<typeof readTlsMaterial>[0]>): string[] => {
    try {
      readTlsMaterial({ ...server, ...options });
    } catch (error) {
      assert.equal((error as { code: Code }).code, Code.invalidConf);
      return (error as Error).message.replaceAll(`${authority.folder}/`, "").split("\n");
    }
    return [];
  };

  test("are read when they fit", () => {
    const { certificate, ca } = readTlsMaterial({ ...server, caFile: authority.caFile });
    assert.equal(certificate.subject, "O=Tests\nCN=server");
    assert.ok(ca?.includes("BEGIN CERTIFICATE"));
    assert.deepEqual(faultsOf({}), []);
  });

  test("have every fault named at once", () => {
    const missing = join(authority.folder, "missing");
    const text = file("text.pem", "canary");
    assert.deepEqual(faultsOf({ certFile: missing, keyFile: text, caFile: authority.folder }), [
      "missing: there is no such file",
      "text.pem: it holds no private key in PEM",
      `${authority.folder}: it cannot be read: EISDIR`,
    ]);
    assert.deepEqual(faultsOf({ certFile: text }), ["text.pem: it holds no certificate in PEM"]);
  });

  test("must belong together", () => {
    const { keyFile } = authority.issue({ name: "other" });
    assert.deepEqual(faultsOf({ keyFile }), ["other-2.key: it is not the key of server-1.crt"]);
  });

  test("are refused when OpenSSL will not have them", () => {
    const [certFile, keyFile] = [join(authority.folder, "short.crt"), join(authority.folder, "short.key")];
    const args = ["req", "-x509", "-newkey", "rsa:512", "-nodes", "-subj", "/CN=short"];
    execFileSync("openssl", [...args, "-keyout", keyFile, "-out", certFile], { stdio: "pipe" });
    assert.match(faultsOf({ certFile, keyFile }).join(), /^short\.crt: .*key too small$/);
  });

  for (const form of ["pkcs8", "ec"]) {
    test(`cannot have a key that is encrypted (${form})`, () => {
      const keyFile = join(authority.folder, `encrypted-${form}.key`);
      execFileSync(
        "openssl",
        [
          form,
          ...(form === "ec" ? ["-aes128"] : ["-topk8"]),
          "-passout",
          "pass:x",
          "-in",
          server.keyFile,
          "-out",
          keyFile,
        ],
        { stdio: "pipe" },
      );
      assert.deepEqual(faultsOf({ keyFile }), [
        `encrypted-${form}.key: the key is encrypted: give one that is not, which only the server may read`,
      ]);
    });
  }

  test("are warned of when their time is over, is not there yet, or is over soon", () => {
    const certificate = new X509Certificate(readFileSync(server.certFile));
    const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
    assert.equal(validityWarning(certificate, from), undefined);
    assert.equal(validityWarning(certificate, to - 14 * dayMs), undefined);
    const { validFrom, validTo } = certificate;
    assert.equal(
      validityWarning(certificate, to - 14 * dayMs + 1),
      `the certificate expires in 13 days, on ${validTo}`,
    );
    assert.equal(
      validityWarning(certificate, to),
      `the certificate expired on ${validTo}: clients will refuse it`,
    );
    assert.equal(
      validityWarning(certificate, from - 1),
      `the certificate is not valid before ${validFrom}: clients will refuse it`,
    );
  });
});
