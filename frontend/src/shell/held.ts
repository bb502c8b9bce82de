// What a locked workstation refused, kept until its person is back, then sent again.

import { htmx } from "./requests";

interface Refused {
  xhr: XMLHttpRequest;
  requestConfig: { verb: string; path: string; elt: Element; headers: Record<string, string>; target: Element };
}

const held: Refused["requestConfig"][] = [];

document.addEventListener("htmx:responseError", (event) => {
  const { xhr, requestConfig } = (event as CustomEvent<Refused>).detail;
  if (xhr.status !== 423) return;
  // What a page asks by itself, it will ask again by itself.
  if (!requestConfig.headers["X-Unattended"]) held.push(requestConfig);
  document.dispatchEvent(new Event("cuspide:locked"));
});

/** Send again what was refused; nothing of it was done the first time. */
export function repeat(): void {
  for (const { verb, path, elt, target } of held.splice(0)) {
    if (!elt.isConnected) continue;
    void htmx.ajax(verb as "get", path, { source: elt, target: target.isConnected ? target : elt });
  }
}

/** Somebody else is here now: what the other one wanted is not done in her name. */
export function letGo(): void {
  held.length = 0;
}
