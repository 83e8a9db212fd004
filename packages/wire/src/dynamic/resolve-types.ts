import { nearestNameHint } from "@paddlewheel/core";
import protobuf, { Enum, Service, Type } from "protobufjs";
import type { ProtoFiles } from "./load-proto-files.js";
import { fieldFault, protoFault } from "./proto-source.js";

/**
 * Finds the type every field and method names, so that protobufjs knows of each which it is.
 * @throws ServeError invalidConf with file and line for one that is not there.
 */
export function resolveTypes({ root, sources }: ProtoFiles): void {
  const types = typesIn(root);
  const known = [...Object.keys(protobuf.types.basic), ...types.map(({ name }) => name)];
  for (const field of types.flatMap((type) => (type instanceof Type ? type.fieldsArray : []))) {
    if (field.type in protobuf.types.basic || field.parent?.lookup(field.type, [Type, Enum])) continue;
    throw fieldFault(sources, field, `there is no type "${field.type}"${nearestNameHint(field.type, known)}`);
  }
  for (const service of servicesIn(root)) {
    for (const { name, requestType, responseType } of service.methodsArray) {
      const missing = [requestType, responseType].find((type) => !service.lookup(type, Type));
      if (missing === undefined) continue;
      const what = `method "${name}": there is no message "${missing}"${nearestNameHint(missing, known)}`;
      throw (
        sources.get(service.filename ?? "")?.faultAt(["rpc", name], what) ?? protoFault(service.name, what)
      );
    }
  }
  root.resolveAll();
}

export function servicesIn(namespace: protobuf.NamespaceBase): Service[] {
  return namespace.nestedArray.flatMap((one) => {
    if (one instanceof Service) return [one];
    return one instanceof protobuf.Namespace ? servicesIn(one) : [];
  });
}

function typesIn(namespace: protobuf.NamespaceBase): (Type | Enum)[] {
  return namespace.nestedArray.flatMap((one) => {
    const own = one instanceof Type || one instanceof Enum ? [one] : [];
    return one instanceof protobuf.Namespace ? [...own, ...typesIn(one)] : own;
  });
}
