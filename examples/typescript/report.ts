/** A Node script: pages that nobody has touched for a year, as a page of the wiki. `node report.js` */

import { WikiJS } from "@py-wikijs/sdk";

const wiki = new WikiJS({ url: process.env.WIKIJS_URL!, token: process.env.WIKIJS_API_KEY });
const year = 365 * 24 * 3600 * 1000;
const stale: string[] = [];

for await (const page of wiki.pages.iterate()) {
  if (Date.now() - Date.parse(page.updatedAt) > year) stale.push(`- [${page.title ?? page.path}](/${page.locale}/${page.path})`);
}
const content = `# Untouched for a year\n\n${stale.join("\n") || "Nothing."}\n`;
const { page, created } = await wiki.pages.upsert("reports/stale", { title: "Untouched for a year", content, tags: ["report"] });
console.log(`${created ? "Created" : "Updated"} ${page.path}: ${stale.length} pages.`);
