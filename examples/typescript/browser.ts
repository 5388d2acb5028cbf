/**
 * A page in the browser, of any origin that the gateway's `cors_origins` names: searches the wiki, and shows what changes in
 * it. Bundle it with any bundler.
 */

import { Client, WikiJSError } from "@py-wikijs/sdk/core";
import { Gateway, isEvent } from "@py-wikijs/sdk/gateway";
import { pagesSearch } from "@py-wikijs/sdk/operations";

const options = { url: "https://gateway.example.com", token: "a key of the gateway that may only read" };
const client = new Client(options);
const field = document.querySelector("input")!;
const list = document.querySelector("ul")!;
const news = document.querySelector("output")!;
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

for await (const event of new Gateway(options).events.watch({ types: ["page.*"] })) {
  if (isEvent(event, "page.created") || isEvent(event, "page.updated")) news.textContent = `Just written: ${event.data.page.path}`;
}
