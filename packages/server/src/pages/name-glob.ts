/** Patterns in one list. */
const maxGlobs = 64;

/**
 * The names that a list of patterns asks for: `process_*;rpc_server_?010_count`, with `*` for any text and `?` or `$` for
 * one character, divided by `;` or `,`. An empty list asks for all. Source: brpc's /vars.
 */
export function createNameFilter(list: string): (name: string) => boolean {
  const globs = list
    .split(/[;,]/)
    .map((glob) => glob.trim())
    .filter((glob) => glob !== "")
    .slice(0, maxGlobs);
  return globs.length === 0 ? () => true : (name) => globs.some((glob) => matchesGlob(name, glob));
}

/**
 * Walks both once, and back only to the last `*`: a pattern takes at most its length times that of the name, where a
 * regular expression of many `.*` takes for ever.
 */
function matchesGlob(name: string, glob: string): boolean {
  let at = 0;
  let inGlob = 0;
  let lastStar = -1;
  let starAt = 0;
  while (at < name.length) {
    const wanted = glob[inGlob];
    if (wanted === "*") {
      lastStar = inGlob++;
      starAt = at;
    } else if (wanted === "?" || wanted === "$" || wanted === name[at]) {
      inGlob++;
      at++;
    } else if (lastStar !== -1) {
      inGlob = lastStar + 1;
      at = ++starAt;
    } else return false;
  }
  while (glob[inGlob] === "*") inGlob++;
  return inGlob === glob.length;
}
