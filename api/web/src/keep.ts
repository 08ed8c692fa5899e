/** What this browser keeps: answers under the digest of what was asked, and how the page should look. */

import type { Ask } from "./service";
import type { Asked, Claim, Question } from "./types";

const STORE = "asked";

export interface Kept {
  ask: Ask;
  answer: Asked;
}
/** A question back, with what was asked. */
export interface KeptQuestion {
  ask: Ask;
  question: Question;
  claim: Claim | null;
  words: string;
}

const toHex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Name something by its bytes (SHA-256). */
export async function hash(raw: Uint8Array<ArrayBuffer>): Promise<string> {
  if (globalThis.crypto?.subtle) return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", raw)).slice(0, 16));
  let found = 0xcbf29ce484222325n; // FNV-1a: a page that is not local and not encrypted has no SHA-256
  for (const byte of raw) found = BigInt.asUintN(64, (found ^ BigInt(byte)) * 0x100000001b3n);
  return found.toString(16).padStart(16, "0");
}

/** Name a question by what was asked: the same claim and files have the same name. */
export const digest = (ask: Ask): Promise<string> => hash(new TextEncoder().encode(JSON.stringify(ask)));

/** A name that nothing else has. */
export const newName = (): string => toHex(crypto.getRandomValues(new Uint8Array(16)));

function open(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const request = indexedDB.open("encircle", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

async function use<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise((done, fail) => {
      const request = work(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });
  } finally {
    database.close();
  }
}

/** Keep an answer; where the browser has no room or no leave, it lasts as long as the page. */
export const keep = async (name: string, kept: Kept | KeptQuestion): Promise<void> => {
  await use("readwrite", (store) => store.put(kept, name)).catch(() => undefined);
};
export const recall = async <T extends Kept | KeptQuestion>(name: string): Promise<T | undefined> =>
  use<T | undefined>("readonly", (store) => store.get(name)).catch(() => undefined);

const PREFIX = "encircle.";

/** A wish of the reader's that outlasts the page. */
export function wish(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

export function setWish(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // A browser that keeps nothing shows the page as it is by default the next time.
  }
}
