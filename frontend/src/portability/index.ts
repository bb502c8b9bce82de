// Import: a file larger than one request takes is sent in pieces, one after the other.

import "./portability.css";
import { define } from "../shell/binder";
import { translate } from "../shell/words";

interface Answer {
  next?: string;
  refused?: string;
}

/** A UUID; `crypto.randomUUID` is not there on a page without TLS. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-4${text.slice(13, 16)}-8${text.slice(17, 20)}-${text.slice(20)}`;
}

async function send(form: HTMLFormElement, file: File, size: number, tell: (text: string) => void): Promise<void> {
  const upload = newKey();
  const pieces = Math.ceil(file.size / size);
  for (let position = 0; position < pieces; position++) {
    const body = new FormData(form);
    body.set("file", file.slice(position * size, (position + 1) * size), "piece");
    body.set("name", file.name);
    body.set("upload", upload);
    body.set("position", String(position));
    body.set("last", position === pieces - 1 ? "yes" : "no");
    const answer = await fetch(form.action, { method: "POST", body, redirect: "error" });
    const said = (await answer.json()) as Answer;
    if (said.refused) return tell(said.refused);
    tell(translate("sending", { done: String(position + 1), all: String(pieces) }));
    if (said.next && position === pieces - 1) window.location.assign(said.next);
  }
}

define("pieces", (element) => {
  const form = element as HTMLFormElement;
  const size = Number(form.dataset["piece"]);
  const told = form.querySelector<HTMLElement>("[data-told]");
  const tell = (text: string) => {
    if (told) told.textContent = text;
  };
  form.addEventListener("submit", (event) => {
    const file = form.querySelector<HTMLInputElement>("input[type=file]")?.files?.[0];
    if (!file || file.size <= size) return;
    event.preventDefault();
    const button = form.querySelector<HTMLButtonElement>("button.primary");
    if (button?.disabled) return;
    if (button) button.disabled = true;
    send(form, file, size, tell)
      .catch(() => tell(translate("failed")))
      .finally(() => {
        if (button) button.disabled = false;
      });
  });
});
