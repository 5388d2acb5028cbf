/** Schemas accept what the sandbox answers, and refuse what is otherwise. */

import { expect, test } from "vitest";

import { schemas } from "../../generated/typescript/src/generated/zod.js";
import { ServerError, type StandardSchema, validated, WikiJS } from "../../generated/typescript/src/index.js";
import * as ops from "../../generated/typescript/src/generated/operations/index.js";
import { errorOf, given } from "./support.js";

const wiki = new WikiJS({ url: given.wiki.url, token: given.wiki.key });

test("there is a schema for each operation", () => {
  expect(Object.keys(schemas).sort()).toEqual(Object.keys(ops).sort());
});

const reads = (Object.entries(ops) as [keyof typeof schemas, (variables?: object) => any][]).filter(
  ([, make]) => make().kind === "query" && make.length === 0,
);

test.each(reads)("%s answers what its schema says", async (name, make) => {
  const answer = await wiki.execute(make()).catch(() => undefined); // some need what a sandbox has not
  if (answer !== undefined) expect(await validated(answer, schemas[name] as StandardSchema<unknown>)).toEqual(answer);
});

test("pages answer what their schemas say", async () => {
  const pages = await validated(wiki.pages.list(), schemas.pagesList);
  expect(pages.length).toBeGreaterThan(3);
  expect(await validated(wiki.pages.get(pages[0]!.id), schemas.pagesSingle)).toMatchObject({ id: pages[0]!.id });
  await validated(wiki.raw.pages.singleForEditor({ id: pages[0]!.id }), schemas.pagesSingleForEditor);
  await validated(wiki.pages.history({ id: pages[0]!.id }), schemas.pagesHistory);
});

test("what is otherwise is refused, and the place is named", async () => {
  const error = await errorOf(validated([{ id: "1" }], schemas.pagesList));
  expect(error).toBeInstanceOf(ServerError);
  expect(error.message).toMatch(/ at 0\.id: /);
  const odd = { "~standard": { validate: () => ({ issues: [{ message: "no", path: [{ key: "a" }] }] }) } };
  expect((await errorOf(validated(1, odd))).message).toMatch(/ at a: no\./);
  expect((await errorOf(validated(1, { "~standard": { validate: () => ({ issues: [{ message: "no" }] }) } }))).message).toMatch(/promises: no/);
});
