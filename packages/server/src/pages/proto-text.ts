/** As much of protobufjs's JSON descriptor as says what a message or an enum is. */
interface Declaration {
  /** Absent where it is that of what stands around it, which is proto3 at the top. */
  readonly edition?: string;
  readonly nested?: Readonly<Record<string, Declaration>>;
  /** Of a message. */
  readonly fields?: Readonly<Record<string, FieldDeclaration>>;
  readonly oneofs?: Readonly<Record<string, { readonly oneof: readonly string[] }>>;
  /** Of an enum. */
  readonly values?: Readonly<Record<string, number>>;
}

interface FieldDeclaration {
  readonly type: string;
  readonly id: number;
  readonly rule?: string;
  /** Of a map. */
  readonly keyType?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A declaration with what it takes from around it. */
interface Place {
  readonly name: string;
  readonly declaration: Declaration;
  readonly edition: string;
}

/**
 * Every message and enum of a schema as a .proto declares it, by full name; those inside a message are shown in it too.
 * @param schema protobufjs's JSON descriptor
 */
export function protoTexts(schema: object): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  collect({ name: "", declaration: schema, edition: "proto3" }, texts);
  return texts;
}

function collect(place: Place, texts: Map<string, string>): void {
  const { fields, values } = place.declaration;
  if (fields || values) texts.set(place.name, `${declarationLines(place).join("\n")}\n`);
  for (const inner of placesIn(place)) {
    const name = place.name === "" ? inner.name : `${place.name}.${inner.name}`;
    collect({ ...inner, name }, texts);
  }
}

function placesIn({ declaration, edition }: Place): Place[] {
  return Object.entries(declaration.nested ?? {}).map(([name, inner]) => ({
    name,
    declaration: inner,
    edition: inner.edition ?? edition,
  }));
}

function declarationLines(place: Place): string[] {
  const { values, fields } = place.declaration;
  const name = place.name.slice(place.name.lastIndexOf(".") + 1);
  if (values) return block(`enum ${name}`, enumLines(values));
  return fields ? block(`message ${name}`, messageLines(place, fields)) : [];
}

function enumLines(values: Readonly<Record<string, number>>): string[] {
  return Object.entries(values).map(([name, value]) => `${name} = ${value};`);
}

/** Inner types first, then the fields that are in no oneof, then the oneofs. */
function messageLines(place: Place, fields: Readonly<Record<string, FieldDeclaration>>): string[] {
  const { declaration, edition } = place;
  const oneofs = Object.entries(declaration.oneofs ?? {}).filter(
    ([, { oneof }]) => !isOptional(fields, oneof),
  );
  const inOneof = new Set(oneofs.flatMap(([, { oneof }]) => oneof));
  const alone = Object.keys(fields).filter((name) => !inOneof.has(name));
  const lineOf = (label: "" | "optional ") => (name: string) => fieldLine(name, fields[name], label);
  return [
    ...placesIn(place).flatMap(declarationLines),
    ...alone.map(lineOf(edition === "proto2" ? "optional " : "")),
    ...oneofs.flatMap(([name, { oneof }]) => block(`oneof ${name}`, oneof.map(lineOf("")))),
  ];
}

/** A field of proto3 that says `optional` is a oneof of its own in descriptors. */
function isOptional(
  fields: Readonly<Record<string, FieldDeclaration>>,
  [name = ""]: readonly string[],
): boolean {
  return fields[name]?.options?.proto3_optional === true;
}

function fieldLine(name: string, field: FieldDeclaration | undefined, label: "" | "optional "): string {
  if (!field) return "";
  const { type, id, rule, keyType, options } = field;
  if (keyType !== undefined) return `map<${keyType}, ${type}> ${name} = ${id};`;
  const own = rule !== undefined ? `${rule} ` : options?.proto3_optional === true ? "optional " : label;
  return `${own}${type} ${name} = ${id}${defaultText(type, options?.default)};`;
}

function defaultText(type: string, value: unknown): string {
  if (value === undefined) return "";
  const isText = type === "string" || type === "bytes";
  return ` [default = ${isText ? JSON.stringify(value) : String(value)}]`;
}

function block(head: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [`${head} {}`] : [`${head} {`, ...lines.map((line) => `  ${line}`), "}"];
}
