/** Rules for paths of pages: what the server refuses, and what it takes but nobody could open afterwards. */

import { explain } from "../core/explain.js";

export interface Place {
  path: string;
  locale: string;
}

const LOCALE = /^[a-z]{2}(-[a-z]{2})?$/i;
const RESERVED = /^(login|logout|register|verify|favicons|fonts|img|js|svg|graphql|_assets|u|healthz)$/i;

const bare = (path: string): string => path.replace(/^\/+|\/+$/g, "");

/** The place of an existing page: slashes at the ends go, a locale in front counts, nothing means the front page. */
export function locate(path: string, locale = "en"): Place {
  const [head, ...rest] = bare(path).split("/");
  return LOCALE.test(head!) ? { path: rest.join("/") || "home", locale: head!.toLowerCase() } : { path: bare(path) || "home", locale };
}

/** The place of a page to come. */
export function destination(path: string, locale = "en"): Place {
  let found = bare(path);
  if (found.toLowerCase().startsWith(locale + "/")) found = bare(found.slice(locale.length));
  const first = found.split("/")[0]!;
  const problem = !found
    ? "is empty"
    : /[. \\"|<>:*?\x00-\x1f\x7f]|\/\//.test(found)
      ? "holds a dot, a space, a double slash or a character like :"
        : found.length > 255
          ? "is longer than 255 characters"
          : first.length < 2 || LOCALE.test(first) || RESERVED.test(first)
            ? "begins with a segment that the server keeps"
            : "";
  if (problem) throw explain(`The path ${JSON.stringify(path)} ${problem}.`, { code: 6005 });
  return { path: found, locale };
}

/** Tags as the server stores them. */
export function tagsOf(tags: readonly string[]): string[] {
  const found = tags.map((tag) => tag.trim().toLowerCase());
  const bad = found.find((tag) => !tag || tag.includes(",") || tag.length > 255);
  if (bad !== undefined) throw explain(`${JSON.stringify(bad)} cannot be a tag.`, { kind: "V" });
  return [...new Set(found)];
}
