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

export const CSV = "text/csv";
export const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/** What is in every workbook, uncompressed: the name of its first part. Source: ECMA-376-2. */
const OF_A_WORKBOOK = "xl/workbook.xml";

/** Tell a table by its content: a workbook, or rows of text; nothing where it is neither. */
export async function tellTable(file: File): Promise<typeof CSV | typeof XLSX | null> {
  const raw = new Uint8Array(await file.arrayBuffer());
  const begins = new TextDecoder("latin1").decode(raw.subarray(0, 4096));
  if (isPacked(raw)) return new TextDecoder("latin1").decode(raw).includes(OF_A_WORKBOOK) ? XLSX : null;
  const isWide = /^(\xff\xfe|\xfe\xff)/.test(begins); // Excel's “Unicode text” is UTF-16, half of it noughts
  return (!isWide && begins.includes("\0")) || /^(\xef\xbb\xbf)?\s*[{[<%]/.test(begins) ? null : CSV;
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
