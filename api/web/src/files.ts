/** Files as they are dropped: text goes as text, what is packed goes as it is. */

import type { GivenMap } from "./service";

export const MOST_BYTES = 6 * 2 ** 20;
export const MOST_FILES = 12;
/** How a ZIP, a gzip and a GeoPackage begin. */
const PACKED = [[0x50, 0x4b], [0x1f, 0x8b], [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20]];

function isPacked(raw: Uint8Array): boolean {
  return PACKED.some((begins) => begins.every((byte, i) => raw[i] === byte));
}

function toBase64(raw: Uint8Array): string {
  let text = "";
  for (let i = 0; i < raw.length; i += 0x8000) text += String.fromCharCode(...raw.subarray(i, i + 0x8000));
  return btoa(text);
}

/** Read a text; nothing where it is none in UTF-8: a table of Windows-1251, a GeoPackage. */
function readText(raw: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(raw);
  } catch {
    return null;
  }
}

/** Give a file a name that no other has: two tables of one name are two tables. */
export function nameApart(name: string, taken: string[]): string {
  if (!taken.includes(name)) return name;
  const [, stem = name, ending = ""] = /^(.*?)((?:\.[^.]{1,8}){0,2})$/.exec(name) ?? [];
  const free = [...Array(taken.length + 2).keys()].slice(2).find((n) => !taken.includes(`${stem} (${n})${ending}`));
  return `${stem} (${free})${ending}`;
}

/** Read a file into what is sent of it. */
export async function readFile(file: File): Promise<GivenMap> {
  const raw = new Uint8Array(await file.arrayBuffer());
  const text = isPacked(raw) ? null : readText(raw);
  return text === null ? { name: file.name, base64: toBase64(raw) } : { name: file.name, content: text };
}

/** How much of a request a map takes, in bytes. */
export const sizeOf = (map: GivenMap): number => ("content" in map ? map.content.length : map.base64.length);
