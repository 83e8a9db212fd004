// Gives a text to `main` of a module, which runs as in a page of the origin, and writes what comes back to standard output:
// node --experimental-vm-modules run-page.js MODULE ORIGIN TEXT
import { browserFetch } from "./browser-fetch.js";
import { openPage } from "./open-page.js";

const [, , file = "", origin = "", text = ""] = process.argv;
const page = await openPage(file, { fetch: browserFetch(origin) });
const { main } = page as { main(text: string): Promise<string> };
process.stdout.write(await main(text));
