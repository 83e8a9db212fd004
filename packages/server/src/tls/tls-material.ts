import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { Code, ServeError } from "@paddlewheel/core";
import type { TlsOptions } from "./tls-options.js";

/** What TLS needs, read and found to fit together. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer | undefined;
  /** The server's own, the first of the file. */
  readonly certificate: X509Certificate;
}

/**
 * Reads certificate, key and authorities, and checks that they fit.
 * @throws ServeError invalidConf with a line for each fault, `server.key: …`; it tells nothing of the key.
 */
export function readTlsMaterial({ certFile, keyFile, caFile }: TlsOptions): TlsMaterial {
  const faults: string[] = [];
  const attempt = <T>(file: string, work: (bytes: Buffer) => T): { bytes: Buffer; value: T } | undefined => {
    try {
      const bytes = readPem(file);
      return { bytes, value: work(bytes) };
    } catch (error) {
      faults.push(`${file}: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  };
  const cert = attempt(certFile, readCertificate);
  const key = attempt(keyFile, readKey);
  const ca = caFile === undefined ? undefined : attempt(caFile, readCertificate);
  if (cert && key && !cert.value.checkPrivateKey(key.value))
    faults.push(`${keyFile}: it is not the key of ${certFile}`);
  // OpenSSL has opinions of its own, of keys that are too short say.
  if (cert && key && faults.length === 0) {
    attempt(certFile, () => createSecureContext({ cert: cert.bytes, key: key.bytes, ca: ca?.bytes }));
  }
  if (!cert || !key || faults.length > 0) throw new ServeError(Code.invalidConf, faults.join("\n"));
  return { cert: cert.bytes, key: key.bytes, ca: ca?.bytes, certificate: cert.value };
}

/** Warned of so many days before the end: those who renew by hand do so within two weeks. */
const soonDays = 14;
const dayMs = 24 * 60 * 60 * 1000;

/** What is not right about the time of a certificate, in words; undefined when nothing is. */
export function validityWarning({ validFrom, validTo }: X509Certificate, nowMs: number): string | undefined {
  const left = Date.parse(validTo) - nowMs;
  if (left <= 0) return `the certificate expired on ${validTo}: clients will refuse it`;
  if (nowMs < Date.parse(validFrom))
    return `the certificate is not valid before ${validFrom}: clients will refuse it`;
  if (left < soonDays * dayMs)
    return `the certificate expires in ${Math.floor(left / dayMs)} days, on ${validTo}`;
  return undefined;
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(code === "ENOENT" ? "there is no such file" : `it cannot be read: ${code}`);
  }
}

function readCertificate(bytes: Buffer): X509Certificate {
  try {
    return new X509Certificate(bytes);
  } catch {
    throw new Error("it holds no certificate in PEM");
  }
}

function readKey(bytes: Buffer): KeyObject {
  try {
    return createPrivateKey(bytes);
  } catch (error) {
    const isEncrypted =
      (error as NodeJS.ErrnoException).code === "ERR_MISSING_PASSPHRASE" || bytes.includes("ENCRYPTED");
    throw new Error(
      isEncrypted
        ? "the key is encrypted: give one that is not, which only the server may read"
        : "it holds no private key in PEM",
    );
  }
}
