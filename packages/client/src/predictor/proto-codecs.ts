import { invalidConf, nameHint } from "@paddlewheel/core";
import { camelCase, type ProtoField, type ProtoMethod } from "@paddlewheel/wire";
import { compareMessages } from "../compare/compare-messages.js";
import { type Packing, type Part, planParts } from "../pack/plan-parts.js";
import type { NonEmpty } from "../pack/start-parts.js";
import { type ReadKey, readKeyAt } from "../route/sticky-key.js";
import type { MethodCodecs } from "./service-codecs.js";

/** A method that a .proto declares. */
export function protoMethod({ name, request, response }: ProtoMethod): MethodCodecs {
  const packOn = request.fields.filter(({ isPackOn }) => isPackOn);
  return {
    name,
    encode: (message) => request.encode(message),
    decode: (bytes) => response.decode(bytes),
    decodeRequest: (bytes) => request.decode(bytes),
    compare: compareMessages,
    split: (message, packing) => (packOn.length === 0 ? [message] : splitLists(message, packOn, packing)),
    // As brpc merges by default: lists one behind the other, of single fields the last.
    merge: ([first, ...others]) => others.reduce((merged, part) => response.merge(merged, part), first),
  };
}

/**
 * Messages with some of the items of each list, and all of the other fields. Lists of other lengths do not go together:
 * the message then stays whole.
 */
function splitLists(message: object, packOn: readonly ProtoField[], packing: Packing): NonEmpty<object> {
  const lists = packOn.flatMap(({ name }) => {
    const list: unknown = Reflect.get(message, name);
    return isList(list) && list.length > 0 ? [[name, list] as const] : [];
  });
  const count = lists[0]?.[1].length ?? 0;
  if (lists.some(([, { length }]) => length !== count)) return [message];
  const [first, ...others] = planParts(count, packing);
  if (others.length === 0) return [message];
  const take = ({ begin, end }: Part): object => {
    const taken = lists.map(([name, list]) => [name, list.slice(begin, end)]);
    return { ...message, ...Object.fromEntries(taken) };
  };
  return [take(first), ...others.map(take)];
}

/** An array, or a typed one. */
interface List {
  readonly length: number;
  slice(begin: number, end: number): List;
}

function isList(value: unknown): value is List {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/**
 * @param key names of fields as the .proto has them, with dots between, `user.id`
 * @throws ServeError invalidConf when no method has a request with the first of them.
 */
export function protoKey(key: string, methods: readonly ProtoMethod[]): ReadKey {
  const [first = "", ...inner] = key.split(".");
  const names = new Set(methods.flatMap(({ request }) => request.fields.map(({ protoName }) => protoName)));
  if (!names.has(first)) {
    const message = `no request has a field "${first}"${nameHint(first, names)}`;
    throw invalidConf([{ path: [], message }]);
  }
  const path = [first, ...inner].map(camelCase);
  return (request) => readKeyAt(request, path);
}
