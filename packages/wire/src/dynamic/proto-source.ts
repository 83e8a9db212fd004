import { Code, ServeError } from "@paddlewheel/core";
import { type Field, MapField } from "protobufjs";

/** A .proto file as it was read, to say where in it something is wrong. */
export class ProtoSource {
  readonly file: string;
  readonly text: string;
  /** Comments made blanks, so that nothing is found in them and every line is where it was. */
  readonly #code: string;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
    const textOrComment = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\/\/.*|\/\*[\s\S]*?\*\//g;
    this.#code = text.replace(textOrComment, (part) => (part[0] === "/" ? part.replace(/\S/g, " ") : part));
  }

  /** An error about the last place where these words stand one after the other. */
  faultAt(words: readonly (string | number)[], what: string): ServeError {
    const pattern = words.map((word) => String(word).replace(/\W/g, "\\$&")).join("\\s*");
    const places = [...this.#code.matchAll(new RegExp(`(?<![\\w.])${pattern}(?!\\w)`, "g"))];
    const index = places.at(-1)?.index;
    return this.fault(index === undefined ? undefined : this.#code.slice(0, index).split("\n").length, what);
  }

  fault(line: number | undefined, what: string): ServeError {
    return protoFault(line === undefined ? this.file : `${this.file}:${line}`, what);
  }
}

/** An error about a field, in the file that declares it. */
export function fieldFault(
  sources: ReadonlyMap<string, ProtoSource>,
  field: Field,
  what: string,
): ServeError {
  const message = `field "${field.name}" of message ${field.parent?.name}: ${what}`;
  const source = sources.get(field.filename ?? "");
  const type = field instanceof MapField ? [field.type, ">"] : [field.type];
  return source
    ? source.faultAt([...type, ...(field.delimited ? [] : [field.name]), "=", field.id], message)
    : protoFault(String(field.filename), message);
}

export function protoFault(place: string, what: string): ServeError {
  return new ServeError(Code.invalidConf, `${place}: ${what}`);
}
