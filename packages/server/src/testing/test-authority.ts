import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files of one certificate, in PEM. */
export interface IssuedCertificate {
  readonly certFile: string;
  readonly keyFile: string;
}

export interface CertificateOptions {
  /** Common name. */
  readonly name: string;
  /** As openssl writes them. Default this machine. */
  readonly altNames?: string;
  /** From now on. Default 30. */
  readonly days?: number;
}

/** A certificate authority of its own for a test, made by openssl. */
export class TestAuthority implements Disposable {
  readonly folder: string = mkdtempSync(join(tmpdir(), "authority-"));
  readonly caFile: string = join(this.folder, "ca.crt");
  readonly #keyFile = join(this.folder, "ca.key");
  #count = 0;

  constructor() {
    this.#openssl("-subj", "/CN=Authority", "-days", "30", "-keyout", this.#keyFile, "-out", this.caFile);
  }

  issue({ name, altNames = "DNS:localhost,IP:127.0.0.1", days = 30 }: CertificateOptions): IssuedCertificate {
    const file = join(this.folder, `${name}-${++this.#count}`);
    const issued = { certFile: `${file}.crt`, keyFile: `${file}.key` };
    const by = ["-CA", this.caFile, "-CAkey", this.#keyFile];
    const what = [
      "-subj",
      `/O=Tests/CN=${name}`,
      "-addext",
      `subjectAltName=${altNames}`,
      "-days",
      String(days),
    ];
    this.#openssl(...by, ...what, "-keyout", issued.keyFile, "-out", issued.certFile);
    return issued;
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true });
  }

  #openssl(...args: readonly string[]): void {
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    execFileSync("openssl", ["req", "-x509", ...newKey, ...args], { stdio: "pipe" });
  }
}
