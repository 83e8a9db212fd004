import type { ModelReport, ValueReport } from "../inspect/model-report.js";

/** Longest name of an interface; nobody types longer ones. */
const maxNameLength = 128;

/** `UciHousingModel` of `uci_housing_model`: letters and digits, each word with a capital. */
export function interfaceName(folder: string): string {
  const words = folder.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return /^[A-Z]/.test(name) ? name : `Model${name}`;
}

export function isInterfaceName(name: string): boolean {
  return name.length <= maxNameLength && /^[A-Za-z_$][\w$]*$/.test(name);
}

/** A module that exports the interface `name` with the feeds and fetches of a model, by alias. */
export function renderTypes({ inputs, outputs }: ModelReport, name: string): string {
  return `// Written by paddlewheel types. Write it anew when the model changes.
import type { TensorOf } from "@paddlewheel/core";

export interface ${name} {
  readonly feeds: {
${inputs.map(renderMember).join("\n")}
  };
  readonly fetches: {
${outputs.map(renderMember).join("\n")}
  };
}
`;
}

function renderMember({ name, alias, dtype, shape }: ValueReport): string {
  const sizes = shape ? `[${shape.join(", ")}]` : "of any shape";
  const origin = alias === name ? "" : `, \`${name}\` in the model`;
  const comment = inComment(`${dtype} ${sizes}${origin}.`);
  return `    /** ${comment} */\n    readonly ${memberName(alias)}: TensorOf<${JSON.stringify(dtype)}>;`;
}

function memberName(alias: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(alias) ? alias : JSON.stringify(alias);
}

/** Names come from model files: none may end the comment, or break its line. */
function inComment(text: string): string {
  return text.replace(/\*\//g, "* /").replace(/[\p{Cc}\u2028\u2029]/gu, " ");
}
