/** Files as they are dropped: text goes as text, what is packed goes as it is. */

import type { GivenMap } from "./service";

export const MOST_BYTES = 6 * 2 ** 20;
export const MOST_FILES = 12;
const PACKED = [[0x50, 0x4b], [0x1f, 0x8b]];

function isPacked(raw: Uint8Array): boolean {
  return PACKED.some(([first, second]) => raw[0] === first && raw[1] === second);
}

function toBase64(raw: Uint8Array): string {
  let text = "";
  for (let i = 0; i < raw.length; i += 0x8000) text += String.fromCharCode(...raw.subarray(i, i + 0x8000));
  return btoa(text);
}

/** Read a file into what is sent of it. */
export async function readFile(file: File): Promise<GivenMap> {
  const raw = new Uint8Array(await file.arrayBuffer());
  if (isPacked(raw)) return { name: file.name, base64: toBase64(raw) };
  return { name: file.name, content: new TextDecoder("utf-8").decode(raw) };
}

/** How much of a request a map takes, in bytes. */
export const sizeOf = (map: GivenMap): number => ("content" in map ? map.content.length : map.base64.length);
