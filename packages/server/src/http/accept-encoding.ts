/** Words for gzip in `content-encoding` and `accept-encoding`. Source: RFC 9110 §8.4.1.3. */
export const gzipNames: ReadonlySet<string> = new Set(["gzip", "x-gzip"]);

/** A weight of 0 says "not acceptable". Source: RFC 9110 §12.4.2. */
const zeroWeight = /^\s*q\s*=\s*0(?:\.0{0,3})?\s*$/i;

/** Whether `accept-encoding` takes gzip: by name, or by `*` where it is not named. Source: RFC 9110 §12.5.3. */
export function acceptsGzip(header: string | undefined): boolean {
  if (header === undefined) return false;
  let acceptsAny = false;
  for (const item of header.split(",")) {
    const [name = "", ...parameters] = item.split(";");
    const coding = name.trim().toLowerCase();
    const isAccepted = !parameters.some((parameter) => zeroWeight.test(parameter));
    if (gzipNames.has(coding)) return isAccepted;
    if (coding === "*") acceptsAny = isAccepted;
  }
  return acceptsAny;
}
