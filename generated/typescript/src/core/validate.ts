// Copied from wikijs/codegen/typescript/sources/. Edit it there, and run `make generate`.

/** Results checked at run time, for those who want that: types are proven, but servers change. */

import { ServerError } from "./refusals.js";

/** What validators have in common: zod, valibot, arktype and others speak it (https://standardschema.dev). */
export interface StandardSchema<T> {
  readonly "~standard": {
    readonly validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>;
  };
}

type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined }[] };

/**
 * A result that was checked: `await validated(wiki.pages.list(), schemas.pagesList)`.
 *
 * @throws ServerError that names what is wrong first.
 */
export async function validated<T>(value: unknown, schema: StandardSchema<T>): Promise<T> {
  const result = await schema["~standard"].validate(await value);
  if (!result.issues) return result.value;
  const [{ message, path = [] } = { message: "" }] = result.issues;
  const place = path.map((step) => String(typeof step === "object" ? step.key : step)).join(".");
  throw new ServerError(`The answer does not have the shape that the schema promises${place && ` at ${place}`}: ${message}.`, { kind: "S" });
}
