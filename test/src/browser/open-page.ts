import { createContext, SourceTextModule } from "node:vm";
import { moduleGraph, type PageModule } from "./module-graph.js";

/** Of those that pages have, what Node has too. */
const pageGlobals = {
  ...{ AbortController, AbortSignal, atob, btoa, clearTimeout, DOMException, Headers },
  ...{ setTimeout, TextDecoder, TextEncoder, URL, URLSearchParams },
};

/**
 * Runs a module with the globals of a page, those given and no others; gives its exports. Needs Node's
 * `--experimental-vm-modules`.
 */
export async function openPage(file: string, globals: object): Promise<object> {
  const context = createContext({ ...pageGlobals, ...globals });
  const graph = moduleGraph(file);
  const modules = new Map<string, SourceTextModule>();
  const moduleOf = (path: string): SourceTextModule => {
    const made = modules.get(path);
    if (made) return made;
    const module = new SourceTextModule(moduleAt(graph, path).source, { context, identifier: path });
    modules.set(path, module);
    return module;
  };
  const [entry = ""] = graph.keys();
  const page = moduleOf(entry);
  await page.link((specifier, { identifier }) =>
    moduleOf(moduleAt(graph, identifier).imports.get(specifier) ?? ""),
  );
  await page.evaluate();
  return page.namespace;
}

function moduleAt(graph: ReadonlyMap<string, PageModule>, path: string): PageModule {
  const found = graph.get(path);
  if (found) return found;
  throw new Error(`${path} is no module of the page`);
}
