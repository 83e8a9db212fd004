/** Name of a folder that holds one version; no leading zeros, so that each version has one name. */
const versionPattern = /^[1-9]\d{0,18}$/;

export function isVersionName(name: string): boolean {
  return versionPattern.test(name);
}

/** By number, the lower first: they may be longer than a double holds exactly. */
export function compareVersions(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** The version of a model whose folder has no versions. */
export const onlyVersion = "0";
