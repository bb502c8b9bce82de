// Words that scripts show, given by the templates in the user's language: `<template data-words='{"close": "…"}'>`.

let words: Record<string, string> | undefined;

function read(): Record<string, string> {
  const all: Record<string, string> = {};
  for (const element of document.querySelectorAll<HTMLElement>("[data-words]")) {
    Object.assign(all, JSON.parse(element.dataset["words"] ?? "{}"));
  }
  return all;
}

/** The word for `key`; `{name}` in it is replaced. A missing word shows its key, so that it is noticed. */
export function translate(key: string, values: Record<string, string> = {}): string {
  words ??= read();
  const word = words[key] ?? (words = read())[key] ?? key;
  return word.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
