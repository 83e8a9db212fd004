import { readFileSync } from "node:fs";
import { status } from "@grpc/grpc-js";
import type { CodeName } from "@paddlewheel/core";

const page = readFileSync(new URL("../../../docs/errors.md", import.meta.url), "utf8");
/** Name, number, HTTP status and gRPC status. */
const row = /^\| *`(\w+)` *\| *-?\d+ *\| *(\d+) *\| *([A-Z_]+) *\|/gm;

const classes = new Map(
  [...page.matchAll(row)].map(([, name = "", http, grpc]) => [
    name,
    { http: Number(http), grpc: status[grpc as keyof typeof status] },
  ]),
);

/** The HTTP and gRPC status that the page of errors promises for a code. */
export function documentedClass(code: CodeName): { readonly http: number; readonly grpc: number } {
  const documented = classes.get(code);
  if (!documented) throw new Error(`docs/errors.md has no row for ${code}`);
  return documented;
}
