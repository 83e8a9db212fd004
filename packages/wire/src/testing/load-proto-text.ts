import { loadProtoService, type ProtoMethod, type ProtoService } from "../dynamic/load-proto-service.js";

/** Loads `conf/main.proto` from texts by path. */
export function loadProtoTexts(files: Readonly<Record<string, string>>, service?: string): ProtoService {
  const readFile = (path: string): string => {
    const text = files[path];
    if (text === undefined) throw new Error(`no such file, open '${path}'`);
    return text;
  };
  return loadProtoService({ file: "conf/main.proto", service, readFile });
}

/** The method `m` whose request and response are the message `M` of a .proto text that declares no service. */
export function methodOfM(text: string): ProtoMethod {
  const service = "service S { rpc m(M) returns (M); }";
  const [method] = loadProtoTexts({ "conf/main.proto": `${text}\n${service}` }).methods;
  if (!method) throw new Error("the service has a method");
  return method;
}
