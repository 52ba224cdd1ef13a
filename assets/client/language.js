// The reader's language: one choice for every tab, kept on the device, followed without a round trip.
import { useSyncExternalStore } from "react";

const KEY = "upay.language";
const watchers = new Set();

const current = () => (document.documentElement.lang === "en" ? "en" : "hi");

function set(code) {
  document.documentElement.lang = code;
  watchers.forEach((watcher) => watcher());
}

if (typeof window !== "undefined") {
  window.addEventListener("storage", (event) => event.key === KEY && set(event.newValue === "en" ? "en" : "hi"));
}

export function chooseLanguage(code) {
  try {
    localStorage.setItem(KEY, code);
  } catch {
    // A browser that keeps nothing still switches for as long as the page is open.
  }
  set(code);
}

function subscribe(watcher) {
  watchers.add(watcher);
  // boot.js hides a page prerendered in another language; by the next frame React has said it in the reader's own.
  requestAnimationFrame(() => document.documentElement.removeAttribute("data-waiting"));
  return () => watchers.delete(watcher);
}

/** "hi" or "en". Pages are prerendered in Hindi. */
export const useLanguage = () => useSyncExternalStore(subscribe, current, () => "hi");

/** The sentence with its {placeholders} filled. */
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The sentence of a code that arrives while the page runs; `otherwise` for one that this page was not given. */
export const sayCode = (sentences, code, values, otherwise) =>
  code ? fill(sentences[code] ?? otherwise, values ?? {}) : "";
