import { type BadInput, json, message, refused, type Sent } from "./bad-input.js";

function at(path: string): Sent {
  return { ...message({}), options: { path }, isAnsweredByGrpc: true };
}

/** For what is something else to baidu_std. */
function atPathOnly(path: string, why: string): Sent {
  const { baidu_std: _, ...bodies } = message({}).bodies;
  return { ...at(path), bodies, why };
}

/** Paths that lead nowhere. */
export const wrongPaths: readonly BadInput[] = [
  ...refused("serviceNotFound", [
    [
      "a service nobody knows",
      atPathOnly("/no.such.Service/inference", "to brpc it is a method that it does not know"),
      "The server does not implement the method /no.such.Service/inference",
    ],
    [
      "a service in the wrong case",
      at("/generalmodelservice/inference"),
      "The server does not implement the method /generalmodelservice/inference",
    ],
    [
      "the service __proto__",
      at("/__proto__/constructor"),
      "The server does not implement the method /__proto__/constructor",
    ],
    ["no path", atPathOnly("/", "baidu_std has no paths"), "The server does not implement the method /"],
  ]),
  ...refused("methodNotFound", [
    [
      "a method nobody knows",
      at("/GeneralModelService/predict"),
      "The server does not implement the method /GeneralModelService/predict",
    ],
    [
      "the method toString",
      at("/GeneralModelService/toString"),
      "The server does not implement the method /GeneralModelService/toString",
    ],
    [
      "no method",
      { ...json("{}", "HTTP tells the methods"), options: { path: "/GeneralModelService/" } },
      '/GeneralModelService/ names no method; GeneralModelService has "inference", "debug"',
    ],
  ]),
];
