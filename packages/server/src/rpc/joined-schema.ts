import type { RpcService } from "@paddlewheel/core";

type Schema = Readonly<Record<string, unknown>>;

/** The services that state their schema, and all schemas as one: reflection has one file for each package. */
export interface JoinedSchema {
  readonly services: readonly string[];
  /** protobufjs's JSON descriptor. */
  readonly schema: object;
}

export function joinSchemas(services: Iterable<RpcService>): JoinedSchema {
  const described = [...services].filter(({ schema }) => schema !== undefined);
  const schemas = new Set(described.map(({ schema }) => schema as Schema));
  return { services: described.map(({ name }) => name), schema: [...schemas].reduce(joinTwo, {}) };
}

function joinTwo(one: Schema, other: Schema): Schema {
  const joined: Record<string, unknown> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const current = joined[key];
    joined[key] = isSchema(current) && isSchema(value) ? joinTwo(current, value) : value;
  }
  return joined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
