/** What programs have to carry: bundled and minified by esbuild, compressed by gzip. */

import { gzipSync } from "node:zlib";

import { build } from "esbuild";
import { expect, test } from "vitest";

async function sizeOf(source: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: new URL("../../generated/typescript/src", import.meta.url).pathname },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

const CORE = 'import { Client } from "./core/index.js";';

test.each([
  ["one read", 2 * 1024, `${CORE} import { pagesList } from "./generated/operations/index.js"; new Client({ url: "https://x" }).execute(pagesList({ limit: 3 })).then(console.log);`],
  ["one read in the server's words", 3.5 * 1024, 'import { Client, explain } from "./core/index.js"; import { pagesList } from "./generated/operations/index.js"; new Client({ url: "https://x", explain }).execute(pagesList()).then(console.log);'],
  ["one write", 4 * 1024, `${CORE} import { pagesMove } from "./generated/operations/index.js"; new Client({ url: "https://x" }).execute(pagesMove({ id: 1, destinationPath: "a", destinationLocale: "en" })).then(console.log);`],
  ["one read, validated", 9 * 1024, `${CORE} import { validated } from "./core/validate.js"; import { PageSummary } from "./generated/zod.js"; import { pagesList } from "./generated/operations/index.js"; new Client({ url: "https://x" }).execute(pagesList()).then((each) => validated(each, PageSummary)).then(console.log);`],
  ["a gateway", 8 * 1024, 'import { Gateway } from "./gateway/index.js"; new Gateway({ url: "https://x" }).pages.list().all().then(console.log);'],
  ["everything", 12 * 1024, 'import { WikiJS } from "./index.js"; new WikiJS({ url: "https://x" }).pages.list().then(console.log);'],
])("%s takes at most %i bytes", async (name, most, source) => {
  const size = await sizeOf(source);
  console.log(`${name}: ${size} bytes`);
  expect(size).toBeLessThanOrEqual(most);
});

test("what is not used is not there", async () => {
  expect(await sizeOf('import "./index.js";')).toBeLessThan(40);
});
