/** Files up and down, without overwriting anything unseen. Functions, so that programs without files do not carry them. */

import type { CallOptions, Client } from "./core/client.js";
import { OutcomeUnknownError } from "./core/errors.js";
import { explain } from "./core/explain.js";
import { foreign } from "./core/reply.js";
import { writeOf } from "./core/writing.js";
import { assetsCreateFolder, assetsFolders, assetsList } from "./generated/operations/assets.js";
import type { Asset, AssetFolder } from "./generated/types.js";
import { collected, telling, unique } from "./progress.js";

/** A file with its place. */
export interface StoredAsset extends Asset {
  /** Such as "/img/deep/photo.png". */
  readonly path: string;
  readonly url: string;
}

export interface TransferOptions extends CallOptions {
  /** Told how many bytes have passed; the total is 0 where the server does not tell. */
  onProgress?: (bytes: number, total: number) => void;
}

export interface UploadOptions extends TransferOptions {
  /** Name to give it; needed unless the source is a `File`. */
  name?: string;
  /** Folder to put it in, such as "/img/deep"; the root unless given. */
  folder?: string;
  /** Media type; that of the source unless given. */
  contentType?: string;
  /** Whether a file of the same name may be replaced; false unless given. */
  overwrite?: boolean;
  /** Whether folders that do not exist are created; true unless given. They cannot be deleted again. */
  createFolders?: boolean;
}

const invalid = (reason: string): Error => explain(reason, { operation: "assets.upload", code: 2007 });
/** Names as the server makes them. */
const stored = (name: string): string => name.toLowerCase().replace(/[\s,;#]+/g, "_").replace(/[?<>:*|"\\/\x00-\x1f]/g, "");
const slug = (name: string): string => name.toLowerCase().replace(/[?<>:*|"\\\x00-\x1f]/g, "");
/** The files of a folder, such as "/img". */
export async function listFolder(client: Client, path: string, options?: CallOptions): Promise<StoredAsset[]> {
  const slugs = slugsOf(path);
  const folderId = await folder(client, slugs, false, options);
  const files = await client.execute(assetsList({ folderId, kind: "ALL" }), options);
  return files.map((file) => placed(client, file, slugs));
}

/** All files of a folder and of those below it. */
export async function* iterate(client: Client, path = "/", options?: CallOptions): AsyncGenerator<StoredAsset, void> {
  const start = slugsOf(path);
  const waiting = [{ slugs: start, id: await folder(client, start, false, options) }];
  for (const { slugs, id } of waiting) {
    const files = await client.execute(assetsList({ folderId: id, kind: "ALL" }), options);
    for (const file of files) yield placed(client, file, slugs);
    for (const below of await foldersOf(client, id, options)) waiting.push({ slugs: [...slugs, below.slug], id: below.id });
  }
}

/** Create a folder, and those above it, unless it exists. Gives its id. */
export const ensureFolder = (client: Client, path: string, options?: CallOptions): Promise<number> =>
  folder(client, slugsOf(path), true, options);

/**
 * Upload a file and make sure that it was stored: the server says `ok` also when it was not.
 *
 * @throws ConflictError when a file of this name is there, unless `overwrite` is true.
 */
export async function upload(
  client: Client,
  source: Blob | ArrayBuffer | Uint8Array<ArrayBuffer>,
  options: UploadOptions = {},
): Promise<StoredAsset> {
  const blob = source instanceof Blob ? source : new Blob([source]);
  const name = stored(options.name ?? (source as File).name ?? "");
  if (!name || name.startsWith(".")) throw invalid("A file needs a name.");
  if (/(\.(md|html|txt)|^[^.]*)$/.test(name)) throw invalid(`Wiki.js would take ${name} for a page, so nobody could download it.`);
  const slugs = slugsOf(options.folder ?? "/");
  const folderId = await folder(client, slugs, options.createFolders ?? true, options);
  const find = async (): Promise<Asset | undefined> =>
    (await client.execute(assetsList({ folderId, kind: "ALL" }), options)).find((file) => file.filename === name);
  const before = await find();
  if (before && !options.overwrite) {
    throw explain(`There is a file ${placed(client, before, slugs).path} already.`, { operation: "assets.upload", code: 2005 });
  }
  let lost: unknown;
  try {
    await send(client, blob, name, folderId, options);
  } catch (error) {
    if (!(error instanceof OutcomeUnknownError)) throw error;
    lost = error;
  }
  const after = await find();
  // An image that the server has cleaned is shorter than it was sent.
  const done = after && (!before || after.updatedAt !== before.updatedAt || !lost);
  if (!done) throw lost ?? explain("The server did not store the file although it said so.", { operation: "assets.upload" });
  return placed(client, after, slugs);
}

/** Download a file by its path. */
export function download(client: Client, asset: string | { readonly path: string }, options: TransferOptions = {}): Promise<Blob> {
  const path = typeof asset === "string" ? asset : asset.path;
  const address = "/" + path.replace(/^\/+/, "").split("/").map(encodeURIComponent).join("/");
  const about = { field: "assets.download", rules: undefined };
  return client.request(about, address, { method: "GET" }, options, async (response) => {
    const { status, headers } = response;
    const kind = headers.get("content-type") ?? "";
    if (status === 404) throw explain(`There is no file ${path}.`, { operation: about.field, code: 2004 });
    if (status !== 200) throw foreign(status, headers, `The file could not be read (HTTP ${status}).`, about.field);
    return collected(response, kind, options.onProgress);
  });
}

async function send(client: Client, blob: Blob, name: string, folderId: number, options: UploadOptions): Promise<void> {
  const type = options.contentType || blob.type || "application/octet-stream";
  const boundary = "----wikijs" + unique();
  const disposition = `--${boundary}\r\nContent-Disposition: form-data; name="mediaUpload"`;
  // By hand, since a form of the platform does not tell how far it has come.
  const body = new Blob([
    `${disposition}\r\n\r\n${JSON.stringify({ folderId })}\r\n`,
    `${disposition}; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`,
    blob,
    `\r\n--${boundary}--\r\n`,
  ]);
  const { onProgress } = options;
  const init = { method: "POST", headers: { "content-type": "multipart/form-data; boundary=" + boundary }, body };
  const sender = onProgress ? telling(client, onProgress) : client;
  await sender.request(writeOf("assets.upload"), "/u", init, options, async (response) => {
    const text = await response.text();
    if (text === "ok") return;
    const { status, headers } = response;
    if (/File too large/.test(text)) throw explain("The file is larger than the wiki allows.", { operation: "assets.upload", status: 413 });
    throw foreign(status, headers, `The file was refused (HTTP ${status}).`, "assets.upload");
  });
}

const foldersOf = (client: Client, parentFolderId: number, options?: CallOptions): Promise<AssetFolder[]> =>
client.execute(assetsFolders({ parentFolderId }), options);

/** The id of a folder; 0 is the root. */
async function folder(client: Client, slugs: string[], create: boolean, options?: CallOptions): Promise<number> {
  let id = 0;
  for (const name of slugs) {
    const find = async (): Promise<AssetFolder | undefined> => (await foldersOf(client, id, options)).find((each) => each.slug === name);
    let found = await find();
    if (!found && create) {
      await client.execute(assetsCreateFolder({ parentFolderId: id, slug: name, name }), options).catch((error) => {
        if (error.code !== 2002) throw error;
      });
      found = await find();
    }
    if (!found) throw explain(`There is no folder ${slugs.join("/")}.`, { operation: "assets.folders", kind: "N" });
    id = found.id;
  }
  return id;
}

function placed(client: Client, file: Asset, slugs: string[]): StoredAsset {
  const path = "/" + [...slugs, file.filename].join("/");
  return { ...file, path, url: client.url + path.split("/").map(encodeURIComponent).join("/") };
}

const slugsOf = (folder: string): string[] =>
  folder.split("/").filter(Boolean).map((part) => {
    if (!slug(part)) throw invalid(`A folder cannot be named ${JSON.stringify(part)}.`);
    return slug(part);
  });
