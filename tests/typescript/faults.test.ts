/** 300 writes through a proxy that cuts, delays and replaces: what the client says happened is what happened. */

import { expect, test } from "vitest";

import { OutcomeUnknownError, WikiJS, WikiJSError } from "../../generated/typescript/src/index.js";
import { given } from "./support.js";

const { url, key } = given.faulty;
/** On the way through the proxy. */
const wiki = new WikiJS({ url, token: key, settleWaits: [1, 5, 20, 50] });
/** Past it: for the truth. */
const truth = new WikiJS({ url: given.wiki.url, token: given.wiki.key });

type Said = "done" | "not done" | "unknown";

async function said(write: Promise<unknown>): Promise<Said> {
  try {
    await write;
    return "done";
  } catch (error) {
    expect(error).toBeInstanceOf(WikiJSError);
    if (error instanceof OutcomeUnknownError) return "unknown";
    // A read before the write may have failed for good: then nothing was written.
    return "not done";
  }
}

test("none is lost, none is done twice", { timeout: 120_000 }, async () => {
  const ledger: Record<string, Said[]> = { create: [], update: [], group: [] };
  for (let index = 0; index < 100; index++) {
    const path = `faults/page-${index}`;
    const created = await said(wiki.pages.create(path, { title: `${index}`, content: `# ${index}\n` }));
    ledger.create!.push(created);
    const found = await truth.pages.get(path).catch(() => undefined);
    if (created === "done") expect(found).toBeDefined();
    if (created === "not done") expect(found).toBeUndefined();
    if (found) {
      const updated = await said(wiki.pages.update(found.id, { content: `# ${index} changed\n` }));
      ledger.update!.push(updated);
      const now = await truth.pages.get(found.id);
      const { total } = await truth.pages.history({ id: found.id });
      const changed = now.content.includes("changed");
      expect(total).toBe(changed ? 1 : 0); // an update done twice would be in the history twice
      if (updated !== "unknown") expect(changed).toBe(updated === "done");
    } else ledger.update!.push(await said(Promise.reject(new WikiJSError("not there"))));
    // Names of groups need not differ: a write done twice would make two.
    ledger.group!.push(await said(wiki.groups.create({ name: `faults-${index}` })));
  }
  const groups = (await truth.groups.list()).map(({ name }) => name);
  ledger.group!.forEach((outcome, index) => {
    const count = groups.filter((name) => name === `faults-${index}`).length;
    if (outcome === "unknown") expect(count).toBeLessThanOrEqual(1);
    else expect(count).toBe(outcome === "done" ? 1 : 0);
  });
  const all = Object.values(ledger).flat();
  expect(all).toHaveLength(300);
  const counted = Object.fromEntries(Object.entries(ledger).map(([name, each]) => [name, each.filter((one) => one === "done").length]));
  console.log("done of 100 each:", counted, "unknown:", all.filter((each) => each === "unknown").length);
  // The proxy spoils every other request, so without settling half of the page writes would be in doubt.
  expect(counted.create).toBeGreaterThan(60);
});
