// Dialogs, menus and questions before what cannot be undone.

import { bind } from "./binder";
import { htmx } from "./requests";
import { translate } from "./words";

function show(dialog: HTMLDialogElement): void {
  if (!dialog.open) dialog.showModal();
  const first = dialog.querySelector<HTMLElement>("[autofocus], .input:not([type=hidden]):not([disabled]), .dialog-foot .button");
  first?.focus();
}

/** Fetch a page and show its `<main>` (or the fragment it answers with) in a dialog. The plain link works without. */
async function fetchDialog(link: HTMLAnchorElement): Promise<void> {
  const answer = await fetch(link.href, { headers: { "HX-Request": "true", "X-Dialog": "true" } });
  if (answer.status === 423) {
    document.dispatchEvent(new Event("cuspide:locked"));
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const content = page.querySelector("main .page-content") ?? page.querySelector("main") ?? page.body;
  if (!answer.ok || page.documentElement.dataset["page"] === "plain") {
    window.location.assign(link.href);
    return;
  }
  const dialog = document.createElement("dialog");
  dialog.className = `dialog ${link.dataset["dialog"] ?? ""}`;
  const head = document.createElement("header");
  head.className = "dialog-head";
  const title = document.createElement("h2");
  title.textContent = page.querySelector("h1")?.textContent?.trim() ?? link.textContent?.trim() ?? "";
  head.append(title);
  const body = document.createElement("div");
  body.className = "dialog-body";
  for (const form of content.querySelectorAll<HTMLFormElement>("form:not([action])")) form.action = link.href;
  body.append(...content.childNodes);
  dialog.append(head, body);
  dialog.setAttribute("aria-label", title.textContent);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  htmx.process(dialog);
  bind(dialog);
  show(dialog);
}

/** Ask; true when the user says so. */
export function confirmed(question: string, verb: string, danger = true): Promise<boolean> {
  return new Promise((resolve) => {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog small";
    dialog.setAttribute("role", "alertdialog");
    const body = document.createElement("div");
    body.className = "dialog-body";
    const text = document.createElement("p");
    text.id = "question";
    text.className = "large question";
    text.textContent = question;
    body.append(text);
    dialog.setAttribute("aria-labelledby", "question");
    const foot = document.createElement("footer");
    foot.className = "dialog-foot";
    const yes = document.createElement("button");
    yes.className = `button ${danger ? "danger" : "primary"}`;
    yes.textContent = verb;
    const no = document.createElement("button");
    no.className = "button quiet";
    no.textContent = translate("leave-it");
    yes.addEventListener("click", () => dialog.close("yes"));
    no.addEventListener("click", () => dialog.close(""));
    foot.append(yes, no);
    dialog.append(body, foot);
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
    no.focus();
  });
}

const asked = new WeakSet<Element>();

function closeMenus(except?: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  closeMenus(target?.closest("details.menu"));
  if (!target || event.defaultPrevented) return;
  const opener = target.closest<HTMLElement>("[data-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset["open"] ?? "");
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      closeMenus();
      show(dialog);
    }
    return;
  }
  if (target.closest("[data-close]")) {
    target.closest("dialog")?.close();
    return;
  }
  const plainClick = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const link = target.closest<HTMLAnchorElement>("a[data-dialog]");
  if (link && plainClick) {
    event.preventDefault();
    fetchDialog(link).catch(() => window.location.assign(link.href));
    return;
  }
  // A press beside a dialog closes it, unless something was typed in it.
  if (target instanceof HTMLDialogElement && target.open && !target.querySelector("form[data-dirty]")) {
    const box = target.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside && event.detail > 0 && target.getAttribute("role") !== "alertdialog") target.close();
  }
});

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target as HTMLFormElement;
    const submitter = (event as SubmitEvent).submitter as HTMLButtonElement | null;
    const question = submitter?.dataset["confirm"] ?? form.dataset["confirm"];
    if (!question || asked.has(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const verb = submitter?.dataset["confirmVerb"] ?? submitter?.textContent?.trim() ?? translate("go-on");
    void confirmed(question, verb).then((yes) => {
      if (!yes) return;
      asked.add(form);
      form.requestSubmit(submitter ?? undefined);
      asked.delete(form);
    });
  },
  true,
);

// The same question before what htmx sends.
document.addEventListener("htmx:confirm", (event) => {
  const { elt, issueRequest } = (event as CustomEvent<{ elt: HTMLElement; issueRequest: (skip: boolean) => void }>).detail;
  const question = elt.dataset["confirm"];
  if (!question || asked.has(elt)) return;
  event.preventDefault();
  const verb = elt.dataset["confirmVerb"] ?? elt.textContent?.trim() ?? translate("go-on");
  void confirmed(question, verb).then((yes) => {
    if (yes) issueRequest(true);
  });
});

document.addEventListener("keydown", (event) => {
  const menu = event.target instanceof Element ? event.target.closest<HTMLDetailsElement>("details.menu") : null;
  if (!menu?.open) return;
  const items = [...menu.querySelectorAll<HTMLElement>(".menu-list a, .menu-list button")];
  const at = items.indexOf(document.activeElement as HTMLElement);
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  } else if (event.key === "ArrowDown") {
    items[(at + 1) % items.length]?.focus();
  } else if (event.key === "ArrowUp") {
    items[(at - 1 + items.length) % items.length]?.focus();
  } else {
    return;
  }
  event.preventDefault();
});
