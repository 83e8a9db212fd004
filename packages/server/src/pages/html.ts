/** Markup that is safe to show: made by `html` only. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in a template: text, which is escaped, and markup, which is not. */
export type HtmlPart = string | number | Html | readonly Html[];

/** Markup with text in it; whatever is put in is escaped, in attributes between double quotes too. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const markup = strings.map((text, i) => text + (i < parts.length ? markupOf(parts[i] ?? "") : ""));
  return new Html(markup.join(""));
}

function markupOf(part: HtmlPart): string {
  if (part instanceof Html) return part.markup;
  if (typeof part === "object") return part.map(({ markup }) => markup).join("");
  return String(part).replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
