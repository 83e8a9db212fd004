import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { renderServeConf, type ServeOptions, serveFolder } from "@paddlewheel/conf";

/** Writes the conf files of `serve` to `{workdir}_{port}` and gives that folder. */
export function writeServeConf(options: ServeOptions): string {
  const folder = serveFolder(options);
  for (const [file, text] of renderServeConf(options)) {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}
