async (given) => {
  const wiki = new sdk.WikiJS({ url: location.origin, token: given.api_key });
  const up = [], down = [];
  const stored = await sdk.upload(wiki, new File([new Uint8Array(3_000_000)], "large.bin"), { folder: "/own", onProgress: (...step) => up.push(step) });
  const blob = await sdk.download(wiki, stored, { onProgress: (...step) => down.push(step) });
  return { size: blob.size, up, down };
}
