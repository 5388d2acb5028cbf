/** A worker of Cloudflare's kind: a page as Markdown, kept for a minute at the edge. */

import { Client, NotFoundError } from "@py-wikijs/sdk/core";
import { pagesSingleByPath } from "@py-wikijs/sdk/operations";

interface Environment {
  WIKIJS_URL: string;
  WIKIJS_API_KEY: string;
}

export default {
  async fetch(request: Request, environment: Environment): Promise<Response> {
    const client = new Client({ url: environment.WIKIJS_URL, token: environment.WIKIJS_API_KEY });
    const path = new URL(request.url).pathname.slice(1) || "home";
    try {
      const page = await client.execute(pagesSingleByPath({ path, locale: "en" }), { signal: request.signal, timeout: 5_000 });
      return new Response(page.content, { headers: { "content-type": "text/markdown", "cache-control": "max-age=60" } });
    } catch (error) {
      if (error instanceof NotFoundError) return new Response("There is no such page.", { status: 404 });
      throw error;
    }
  },
};
