/** A page in the browser that searches the wiki through a gateway; bundle it with any bundler. */

import { Client, WikiJSError } from "@py-wikijs/sdk/core";
import { pagesSearch } from "@py-wikijs/sdk/operations";

const client = new Client({ url: "https://gateway.example.com", token: "a key of the gateway that may only read" });
const field = document.querySelector("input")!;
const list = document.querySelector("ul")!;
let running = new AbortController();

field.addEventListener("input", async () => {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  try {
    const { results } = await client.execute(pagesSearch({ query: field.value }), { signal });
    list.replaceChildren(...results.map(({ title, path }) => Object.assign(document.createElement("li"), { textContent: `${title} (${path})` })));
  } catch (error) {
    if (!signal.aborted) list.textContent = error instanceof WikiJSError ? error.message : "Something went wrong.";
  }
});
