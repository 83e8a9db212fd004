// Runs `main` of a module with the globals of a page and no others, as a page of the origin:
// node --experimental-vm-modules run-page.js MODULE ORIGIN TEXT. What it gives, a text, goes to standard output.
import { createContext, SourceTextModule } from "node:vm";
import { browserFetch } from "./browser-fetch.js";
import { moduleGraph, type PageModule } from "./module-graph.js";

const [, , file = "", origin = "", text = ""] = process.argv;

const context = createContext({
  fetch: browserFetch(origin),
  ...{ AbortController, AbortSignal, atob, btoa, clearTimeout, DOMException, Headers },
  ...{ setTimeout, TextDecoder, TextEncoder, URL },
});

const graph = moduleGraph(file);
const modules = new Map<string, SourceTextModule>();

function moduleOf(path: string): SourceTextModule {
  const made =
    modules.get(path) ?? new SourceTextModule(pageModule(path).source, { context, identifier: path });
  modules.set(path, made);
  return made;
}

function pageModule(path: string): PageModule {
  const found = graph.get(path);
  if (found) return found;
  throw new Error(`${path} is no module of the page`);
}

const page = moduleOf([...graph.keys()][0] ?? "");
await page.link((specifier, { identifier }) => moduleOf(pageModule(identifier).imports.get(specifier) ?? ""));
await page.evaluate();
const { main } = page.namespace as { main(text: string): Promise<string> };
process.stdout.write(await main(text));
