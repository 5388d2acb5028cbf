// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** Everything: the client with all namespaces, operations, errors. */

export * from "./core/index.js";
export { type LoginOptions, WikiJS, type WikiJSOptions } from "./wiki.js";
export { type BatchResult, type ItemError, type ManyOptions } from "./facade/many.js";
export { type Expected, type NewPage, type PageChanges, PageChangedError, type Pages, type SavedPage } from "./facade/pages.js";
export { type NewUser, type Users } from "./facade/users.js";
export * as ops from "./generated/operations/index.js";
export { describe, ErrorCode, type ErrorFacts } from "./generated/errors.js";
export type * from "./generated/types.js";
