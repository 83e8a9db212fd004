import type { Clock } from "@paddlewheel/core";
import { findByDns, type ResolveName } from "./find-by-dns.js";
import { findInFile } from "./find-in-file.js";
import type { NamingListener, NamingSource } from "./naming-source.js";
import type { Naming } from "./parse-naming.js";
import type { ServerListLimits } from "./parse-servers.js";
import { PolledNaming } from "./polled-naming.js";

/** Time between two looks at a server file, in milliseconds. Source: brpc. */
const filePollMs = 100;

/** Time between two questions to DNS, in milliseconds. Source: brpc's ns_access_interval. */
const dnsPollMs = 5000;

export interface NamingOptions {
  readonly limits: ServerListLimits;
  readonly clock: Clock;
  readonly resolve: ResolveName;
}

/** Starts to name servers: fixed ones are told before this returns, others later and again when they change. */
export function createNaming(naming: Naming, options: NamingOptions, listener: NamingListener): NamingSource {
  const { limits, clock, resolve } = options;
  switch (naming.kind) {
    case "fixed":
      listener.onHosts(naming.hosts);
      return { close: () => {} };
    case "file": {
      const find = findInFile(naming.path, limits);
      return new PolledNaming({ find, intervalMs: filePollMs, clock, listener }).start();
    }
    case "dns": {
      const find = findByDns(naming, resolve, limits.maxHosts);
      return new PolledNaming({ find, intervalMs: dnsPollMs, clock, listener }).start();
    }
  }
}
