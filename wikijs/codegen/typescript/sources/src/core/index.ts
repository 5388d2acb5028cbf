/** The small client: operations in, results out. Everything that is not used is left out by bundlers. */

export { batch, BATCH_LIMIT, batchSettled, type Operations, type Results, type Settled } from "./batch.js";
export { type CallOptions, Client, type ClientOptions, type Retrying, type Token } from "./client.js";
export * from "./errors.js";
export * from "./refusals.js";
export { documentOf, type Kind, type Operation, query, requestOf, type ResultOf, subscription } from "./operation.js";
export { explain } from "./explain.js";
export { type StandardSchema, validated } from "./validate.js";
export { exclusively, mutation } from "./writing.js";
