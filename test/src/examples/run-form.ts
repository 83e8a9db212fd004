// Opens the page of examples/browser, writes TEXT into its form, sends that, and writes what the page says to standard output:
// node --experimental-vm-modules run-form.js SERVER ORIGIN TEXT
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { browserFetch } from "../browser/browser-fetch.js";
import { openPage } from "../browser/open-page.js";
import { repositoryRoot } from "../harness/paddlewheel-command.js";

type Listener = (event: { preventDefault(): void }) => Promise<void>;

const [, , server = "", origin = "", text = ""] = process.argv;
const folder = join(repositoryRoot, "examples/browser");
const listeners: Listener[] = [];
const output = { textContent: "" };
const elements: Readonly<Record<string, object>> = {
  form: { addEventListener: (_: "submit", listener: Listener) => listeners.push(listener) },
  textarea: { value: text },
  output,
};
const fromServer = browserFetch(origin);

await openPage(join(folder, "page.js"), {
  document: { querySelector: (name: string) => elements[name] },
  location: { search: `?server=${encodeURIComponent(server)}` },
  fetch: async (url: string, init?: RequestInit) =>
    url === "housing.json" ? new Response(await readFile(join(folder, url))) : fromServer(url, init),
});
for (const listener of listeners) await listener({ preventDefault: () => {} });
process.stdout.write(output.textContent);
