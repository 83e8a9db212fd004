/** What pages may send without asking, and read without being told so. Source: the Fetch standard, "CORS-safelisted". */
const safeRequestHeaders: ReadonlySet<string> = new Set(["accept", "accept-language", "content-language"]);
const safeAnswerHeaders: readonly string[] = [
  "cache-control",
  "content-language",
  "content-length",
  "content-type",
  "expires",
  "last-modified",
  "pragma",
];

/**
 * fetch as a browser does it for a page of `origin` that calls another: it asks the server first, and hides what the server does
 * not expose. For POST of JSON.
 */
export function browserFetch(origin: string): typeof fetch {
  return async (url, init = {}) => {
    const headers = new Headers(init.headers);
    const unsafe = [...headers.keys()].filter((name) => !safeRequestHeaders.has(name));
    await askFirst(String(url), { origin, method: init.method ?? "GET", unsafe });
    headers.set("origin", origin);
    const answer = await fetch(url, { ...init, headers });
    checkOrigin(answer, origin);
    const readable = [...safeAnswerHeaders, ...namesIn(answer, "access-control-expose-headers")];
    const shown = [...answer.headers].filter(([name]) => readable.includes(name));
    return new Response(await answer.arrayBuffer(), { status: answer.status, headers: shown });
  };
}

interface Question {
  readonly origin: string;
  readonly method: string;
  readonly unsafe: readonly string[];
}

async function askFirst(url: string, { origin, method, unsafe }: Question): Promise<void> {
  const asked = {
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": unsafe.join(","),
  };
  const answer = await fetch(url, { method: "OPTIONS", headers: asked });
  await answer.arrayBuffer();
  checkOrigin(answer, origin);
  const allowed = namesIn(answer, "access-control-allow-headers");
  if (!answer.ok || !unsafe.every((name) => allowed.includes(name))) throw new TypeError("Failed to fetch");
}

function checkOrigin({ headers }: Response, origin: string): void {
  const allowed = headers.get("access-control-allow-origin");
  if (allowed !== "*" && allowed !== origin) throw new TypeError("Failed to fetch");
}

function namesIn({ headers }: Response, name: string): readonly string[] {
  return (headers.get(name) ?? "").toLowerCase().split(/\s*,\s*/);
}
