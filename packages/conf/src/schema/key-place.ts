import type { Place } from "../diagnostic.js";

/** `workflows[0].nodes[1].config["k"]` */
export function keyPlace(place: Place, key: string): Place {
  const shown = key.length > 64 ? `${key.slice(0, 64)}…` : key;
  return { ...place, field: keyPath(place.field, shown) };
}

/** `config` and `k` → `config["k"]` */
export function keyPath(field: string, key: string): string {
  return `${field}[${JSON.stringify(key)}]`;
}
