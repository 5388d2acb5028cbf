async (given) => {
  const wiki = new sdk.WikiJS({ url: given.wiki, token: given.api_key, retries: 0 });
  try { return { pages: await wiki.pages.list() }; } catch (error) { return { name: error.name, message: error.message, outcome: error.outcome }; }
}
