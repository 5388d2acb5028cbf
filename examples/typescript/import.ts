/** A Node script: pages from a JSON file, made by the gateway as a job that survives restarts. `node import.js pages.json` */

import { readFile } from "node:fs/promises";
import { Gateway, JobError } from "@py-wikijs/sdk/gateway";

const gateway = new Gateway({ url: process.env.WIKIJS_GATEWAY_URL!, token: process.env.WIKIJS_GATEWAY_TOKEN });
const pages = JSON.parse(await readFile(process.argv[2]!, "utf-8")) as { path: string; title: string; content: string }[];
const job = await gateway.jobs.create({ kind: "pages.create_many", input: { pages } });
job.on("progress", ({ done, total }) => console.error(`${done} of ${total ?? pages.length}`));
try {
  for (const { index, status, detail } of await job.wait()) console.log(pages[index]!.path, status, detail ?? "");
} catch (error) {
  if (!(error instanceof JobError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
