async (given) => {
  const gateway = new sdk.Gateway({ url: given.gateway, token: given.key });
  const wiki = new sdk.WikiJS({ url: given.gateway, token: given.key });
  const titles = (await wiki.pages.list()).map(({ title }) => title);
  const listed = await gateway.pages.list({ limit: 2 }).all();
  const made = await gateway.pages.create({ path: "browser/page", title: "Browser", content: "# One" });
  const changed = await gateway.pages.update(made, { title: "Changed" });
  const late = await gateway.pages.update(made, { title: "Late" }).catch(({ slug }) => slug);
  const known = (await gateway.pages.get(made.id, {}, { known: changed })) === changed;
  const told = [];
  for await (const event of gateway.events.watch({ after: 0, types: ["page.created"], signal: AbortSignal.timeout(60_000) })) {
    told.push(event.data.page.path);
    if (told.includes("browser/page")) break;
  }
  const steps = [];
  const file = new File([new Uint8Array(3_000_000)], "big.bin");
  await gateway.assets.upload(file, { folder: "browser", name: file.name }, { onProgress: (...step) => steps.push(step) });
  return { titles: titles.length, listed: listed.length, title: changed.title, tagged: made.etag !== changed.etag, late, known, told, steps };
}
