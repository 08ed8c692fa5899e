/** What the page says, in the reader's language; a language is fetched when it is wanted. */

import { en, type Key, type Messages } from "./words/en";

export type { Key };

export const LANGUAGES = { en: "English", uk: "Українська", de: "Deutsch", ru: "Русский" } as const;
export type Language = keyof typeof LANGUAGES;

let messages: Messages = en;
let current: Language = "en";

const LOADERS: Record<Exclude<Language, "en">, () => Promise<Messages>> = {
  uk: async () => (await import("./words/uk")).uk,
  de: async () => (await import("./words/de")).de,
  ru: async () => (await import("./words/ru")).ru,
};

export const isLanguage = (text: string | null): text is Language => text !== null && text in LANGUAGES;

/** The first language of the reader that there is. */
export function guessLanguage(): Language {
  const wanted = navigator.languages.map((one) => one.slice(0, 2).toLowerCase());
  return wanted.find(isLanguage) ?? "en";
}

export async function speak(language: Language): Promise<void> {
  messages = language === "en" ? en : await LOADERS[language]();
  current = language;
  document.documentElement.lang = language;
}

export const language = (): Language => current;

/** Say something; `{name}` in it is filled in. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return messages[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Say what may have no words of its own: a basis, a grade, a kind that is newer than this page. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  return key in messages ? t(key as Key, values) : key.slice(key.lastIndexOf(".") + 1);
}

export const day = (instant: string | null | undefined): string => {
  const when = instant ? new Date(instant) : null;
  if (!when || Number.isNaN(when.getTime())) return "";
  return when.toLocaleDateString(t("locale"), { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
};

export const number = (value: number, digits = 0): string =>
  value.toLocaleString(t("locale"), { maximumFractionDigits: digits });
