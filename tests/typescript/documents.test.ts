/** What is sent is what the Python client sends, whichever way an operation was made. */

import { expect, test } from "vitest";

import { operation } from "../../generated/typescript/src/compact.js";
import { documentOf, type Operation, requestOf } from "../../generated/typescript/src/core/operation.js";
import * as ops from "../../generated/typescript/src/generated/operations/index.js";
import { given } from "./support.js";

type Make = (variables?: object) => Operation<unknown>;
const makes = Object.entries(ops) as [string, Make][];

test("there is a function for each operation of Python", () => {
  expect(makes.map(([, make]) => make().name).sort()).toEqual(Object.keys(given.documents).sort());
});

test.each(makes)("%s sends the document of Python", (_, make) => {
  const made = make({ id: 1 });
  expect(documentOf(made)).toBe(given.documents[made.name]!.document);
  const { variables } = given.documents[made.name]!;
  expect(requestOf(made)).toEqual({
    query: given.documents[made.name]!.document,
    operationName: made.name,
    variables: variables.length ? { id: 1 } : undefined,
  });
});

test.each(makes.filter(([name]) => name !== "loggingLiveTrail"))("%s is the same made of the text", (name, make) => {
  const made = operation(name as "pagesSingle", { id: 1 });
  expect({ ...made, rules: null }).toEqual({ ...make({ id: 1 }), rules: null });
  expect(Boolean(made.rules)).toBe(made.kind === ("mutation" as string));
});
