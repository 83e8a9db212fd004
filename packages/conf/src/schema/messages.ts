import { Root, type Type } from "protobufjs";
import { descriptor } from "../gen/configure.js";
import { descriptor as sdkDescriptor } from "../gen/sdk-configure.js";

const server = readSchema(descriptor);
const client = readSchema(sdkDescriptor);

/** The schema of one message of a server's conf files, e.g. `EngineDesc`. */
export function confType(name: string): Type {
  return server.lookupType(fullName(name));
}

/** The schema of one message of a client's conf file, e.g. `VariantConf`. */
export function sdkConfType(name: string): Type {
  return client.lookupType(fullName(name));
}

function readSchema(json: typeof descriptor): Root {
  const root = Root.fromJSON(json);
  root.resolveAll();
  return root;
}

function fullName(name: string): string {
  return `baidu.paddle_serving.configure.${name}`;
}
