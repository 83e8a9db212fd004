import { stat } from "node:fs/promises";

/** Changes when one of the files does, or is replaced. */
export async function stampFiles(files: readonly string[]): Promise<string> {
  const stamps = await Promise.all(
    files.map(async (file) => {
      const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
      return [ino, size, mtimeNs, ctimeNs].join(" ");
    }),
  );
  return stamps.join();
}
