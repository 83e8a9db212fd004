/** A member of a JSON object as text; undefined for a default, which brpc leaves out. */
export type JsonMember = string | undefined;

export function objectText(members: readonly JsonMember[]): string {
  return `{${members.filter((member) => member !== undefined).join()}}`;
}

/** A list of texts that are JSON already. */
export function listMember(name: string, elements: readonly string[]): JsonMember {
  return elements.length === 0 ? undefined : `"${name}":[${elements.join()}]`;
}

export function stringsMember(name: string, values: readonly string[]): JsonMember {
  return values.length === 0 ? undefined : `"${name}":${JSON.stringify(values)}`;
}

export function stringMember(name: string, value: string): JsonMember {
  return value === "" ? undefined : `"${name}":${JSON.stringify(value)}`;
}

/** A bigint keeps all its digits. */
export function integerMember(name: string, value: number | bigint): JsonMember {
  return value === 0 || value === 0n ? undefined : `"${name}":${value}`;
}

export function boolMember(name: string, value: boolean): JsonMember {
  return value ? `"${name}":true` : undefined;
}
