import { createHash } from "node:crypto";
import { Html } from "./html.js";

const css = `
:root { color-scheme: light dark; --line: #8884; --faint: #888; --accent: #06c; }
@media (prefers-color-scheme: dark) { :root { --accent: #6bf; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 0 1rem 3rem; font: 15px/1.5 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1.5rem; padding: 1rem 0; }
h1 { margin: 0; font-size: 1.1rem; }
h2 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
nav a[aria-current] { color: inherit; font-weight: 600; border-bottom: 2px solid var(--accent); }
main { display: grid; gap: 1rem; }
section { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; overflow-x: auto; }
p { margin: 0; color: var(--faint); overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; }
th, td { padding: .2rem 1rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child > * { border-bottom: 0; }
tbody th { font-weight: 400; color: var(--faint); width: 30%; overflow-wrap: anywhere; }
td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
pre { margin: 0; font: 13px/1.5 ui-monospace, monospace; }
`;

/** The style element of every page; the policy below lets in this one and nothing else. */
export const styleElement: Html = new Html(`<style>${css}</style>`);

const styleHash = createHash("sha256").update(css).digest("base64");

/** Headers of every page of HTML: it loads nothing, runs nothing, sends nothing, and stands in no other page. */
export const htmlHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
};
