import { shortServiceName } from "@paddlewheel/core";
import type { ServiceDirectory } from "../rpc/service-directory.js";

/**
 * `/list`: services and methods as JSON, in the words of google.protobuf.ServiceDescriptorProto as brpc's is; `full_name`
 * is ours, as a descriptor has the short one only.
 */
export function serviceList(directory: ServiceDirectory): string {
  const service = directory.services().map(({ name, methods }) => ({
    name: shortServiceName(name),
    full_name: name,
    method: methods.map((method) => ({
      name: method.name,
      input_type: `.${method.request.typeName}`,
      output_type: `.${method.response.typeName}`,
    })),
  }));
  return `${JSON.stringify({ service }, undefined, 2)}\n`;
}
