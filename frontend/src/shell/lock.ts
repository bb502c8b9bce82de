// The cover of a page: what was typed stays beneath it, out of sight and out of reach, until its person is back.
//
// The server decides who is let in; this only shows it at once, in every tab of the browser. A page belongs to the person
// it was drawn for (`data-person`). Whoever else unlocks goes on in this tab, or, where something is half typed, in another:
// the page waits.

import { idle } from "./attention";
import { bind, define } from "./binder";
import { letGo, repeat } from "./held";
import { translate } from "./words";

const TICK_MS = 5_000;
const ASKED_EVERY_MS = 30_000;
const AWAKE_EVERY_MS = 30_000;
const RETRY_MS = 3_000;
const KEY = "F8";

interface Told {
  person: string;
  locked: boolean;
  csrf: string;
}
type Message = { kind: "locked" } | { kind: "open"; person: string } | { kind: "waiting"; person: string };

/** Whether the page holds something that leaving it would lose. */
function holdsTyping(dialog: HTMLElement): boolean {
  if (document.querySelector("form[data-dirty]")) return true;
  for (const field of document.querySelectorAll<HTMLElement>("input, textarea, select")) {
    if (dialog.contains(field) || field.closest(".search")) continue;
    if (field instanceof HTMLSelectElement) {
      const given = [...field.options].some((option) => option.defaultSelected);
      if (given && [...field.options].some((option) => option.selected !== option.defaultSelected)) return true;
    } else if (field instanceof HTMLTextAreaElement) {
      if (field.value !== field.defaultValue) return true;
    } else if (field instanceof HTMLInputElement && field.type !== "hidden") {
      const chosen = field.type === "checkbox" || field.type === "radio";
      if (chosen ? field.checked !== field.defaultChecked : field.value !== field.defaultValue) return true;
    }
  }
  return false;
}

/** Signing in gives the browser another token; the forms of a page that waited get it too. */
function renewTokens(token: string): void {
  const meta = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]");
  if (meta) meta.content = token;
  for (const field of document.querySelectorAll<HTMLInputElement>("input[name=csrfmiddlewaretoken]")) field.value = token;
}

function token(): string {
  return document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
}

define("lock", (element) => {
  const dialog = element as HTMLDialogElement;
  const root = document.documentElement;
  const given = dialog.dataset;
  const mine = given["person"] ?? "";
  const after = Number(given["after"]) * 1000;
  const tabs = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("cuspide-lock");
  let covered = false;
  let title = "";
  let focused: Element | null = null;
  let asked = performance.now();
  let awake = performance.now();
  let someoneWaits = false;
  let retry = 0;

  const tell = (message: Message) => tabs?.postMessage(message);

  const send = (address: string, fields?: Record<string, string> | FormData) => {
    const headers = { "X-Lock": "yes", "X-Requested-With": "fetch" } as Record<string, string>;
    if (!fields) return fetch(address, { headers, cache: "no-store" });
    const body = fields instanceof FormData ? fields : new FormData();
    if (!(fields instanceof FormData)) for (const [name, value] of Object.entries(fields)) body.set(name, value);
    body.set("csrfmiddlewaretoken", token());
    return fetch(address, { method: "POST", headers, body, cache: "no-store" });
  };

  const cover = () => {
    root.classList.remove("unproven");
    if (covered) return;
    covered = true;
    title = document.title;
    document.title = `${translate("locked")} · Cuspide`;
    focused = document.activeElement;
    const shown = given["shows"] === undefined ? null : document.querySelector("[data-stays-when-locked]");
    shown?.classList.add("lock-shown");
    root.classList.add("locked");
    root.classList.toggle("lock-beside", shown !== null);
    dialog.replaceChildren();
    dialog.showModal();
  };

  const uncover = (csrf: string) => {
    root.classList.remove("unproven");
    window.clearTimeout(retry);
    renewTokens(csrf);
    if (!covered) return;
    covered = false;
    dialog.close();
    dialog.replaceChildren();
    root.classList.remove("locked", "lock-beside");
    document.querySelector(".lock-shown")?.classList.remove("lock-shown");
    document.title = title;
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
    repeat();
  };

  const fill = (html: string) => {
    const drawn = new DOMParser().parseFromString(html, "text/html").querySelector(".lock-box");
    if (!drawn) return;
    dialog.replaceChildren(drawn);
    const owner = dialog.querySelector<HTMLInputElement>(`.lock-tile input[data-person="${mine}"]`);
    const told = dialog.querySelector(".lock-told:not([hidden])");
    if (owner && !told) owner.checked = true;
    if (holdsTyping(dialog)) dialog.querySelectorAll("form[data-leaves], a[data-leaves]").forEach((way) => way.setAttribute("target", "_blank"));
    bind(dialog);
  };

  /** The panel of the cover; while the program does not answer, the page stays covered and it is tried again. */
  const show = async (ask: () => Promise<Response>) => {
    window.clearTimeout(retry);
    try {
      const answer = await ask();
      if (!answer.ok) throw new Error(String(answer.status));
      fill(await answer.text());
    } catch {
      if (!covered) return;
      const said = document.createElement("p");
      said.className = "lock-box lock-told";
      said.setAttribute("role", "alert");
      said.textContent = translate("lock-unreachable");
      dialog.replaceChildren(said);
      retry = window.setTimeout(() => void show(panel), RETRY_MS);
    }
  };
  const panel = () => send(given["panel"] ?? "");

  const lockNow = (how: "key" | "time") => {
    cover();
    tell({ kind: "locked" });
    // The server locks even when the token of this page is an old one: the panel is asked for all the same.
    void show(async () => {
      const answer = await send(given["lock"] ?? "", { how });
      return answer.ok ? answer : panel();
    });
  };

  const lockedElsewhere = () => {
    if (covered) return;
    cover();
    void show(panel);
  };

  /** What the server says of this browser: covers and uncovers by it. */
  const heed = (said: Told) => {
    if (said.locked || said.person !== mine) lockedElsewhere();
    else uncover(said.csrf);
  };

  const check = async () => {
    asked = performance.now();
    try {
      const answer = await send(given["state"] ?? "");
      if (answer.ok) heed((await answer.json()) as Told);
    } catch {
      // Without an answer an open page stays open until its time is over, and a covered one covered.
    }
  };

  const opened = (said: Told) => {
    renewTokens(said.csrf);
    someoneWaits = false;
    tell({ kind: "open", person: said.person });
    if (said.person === mine) {
      uncover(said.csrf);
      return;
    }
    letGo();
    if (holdsTyping(dialog)) {
      window.open("/", "_blank");
      void show(panel).then(() => {
        const aside = dialog.querySelector<HTMLElement>("[data-aside]");
        if (!aside) return;
        aside.textContent = translate("lock-aside");
        aside.hidden = false;
      });
      return;
    }
    // A tab that was opened for whoever took over closes when the page beneath it is wanted again.
    window.setTimeout(() => {
      if (someoneWaits) window.close();
      window.setTimeout(() => window.location.replace("/"), someoneWaits ? 200 : 0);
    }, 120);
  };

  const unlock = async (form: HTMLFormElement) => {
    if (form.dataset["busy"]) return;
    form.dataset["busy"] = "yes";
    try {
      const answer = await send(form.action, new FormData(form));
      if (answer.ok) {
        opened((await answer.json()) as Told);
      } else if ([410, 422, 429].includes(answer.status)) {
        fill(await answer.text());
      } else if (answer.status === 403) {
        // Somebody signed in meanwhile: with the token of now it is tried once more.
        const state = (await (await send(given["state"] ?? "")).json()) as Told;
        renewTokens(state.csrf);
        const again = await send(form.action, new FormData(form));
        if (again.ok) opened((await again.json()) as Told);
        else fill(await again.text());
      } else {
        throw new Error(String(answer.status));
      }
    } catch {
      void show(() => Promise.reject(new Error("unreachable")));
    } finally {
      delete form.dataset["busy"];
    }
  };

  const onSubmit = (event: SubmitEvent) => {
    const form = event.target as HTMLFormElement;
    if (dialog.contains(form)) {
      if (!form.matches(".lock-form")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void unlock(form);
    } else if (new URL(form.action, window.location.href).pathname === given["lock"]) {
      event.preventDefault();
      event.stopImmediatePropagation();
      lockNow("key");
    }
  };

  const onKey = (event: KeyboardEvent) => {
    if (covered) {
      // Nothing beneath the cover hears a key.
      if (!(event.target instanceof Node && dialog.contains(event.target))) {
        event.stopImmediatePropagation();
        dialog.querySelector<HTMLElement>(".pin, .input")?.focus();
      }
      return;
    }
    if (event.key !== KEY || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    lockNow("key");
  };

  const tick = () => {
    if (covered) return;
    const still = idle();
    if (still >= after) {
      lockNow("time");
      return;
    }
    if (document.visibilityState !== "visible") return;
    const now = performance.now();
    if (still < AWAKE_EVERY_MS && now - awake >= Math.min(AWAKE_EVERY_MS, after / 3)) {
      awake = now;
      void send(given["awake"] ?? "", {}).then((answer) => answer.status === 423 && lockedElsewhere(), () => undefined);
    } else if (now - asked >= ASKED_EVERY_MS) {
      void check();
    }
  };

  const onVisible = () => {
    if (document.visibilityState !== "visible") return;
    tick();
    void check();
  };
  const onHide = (event: PageTransitionEvent) => event.persisted && root.classList.add("unproven");
  const onShow = (event: PageTransitionEvent) => event.persisted && void check();
  const onLocked = () => lockedElsewhere();
  const onTab = (event: MessageEvent<Message>) => {
    const message = event.data;
    if (message.kind === "locked") lockedElsewhere();
    else if (message.kind === "waiting") someoneWaits = true;
    else if (message.person === mine) {
      tell({ kind: "waiting", person: mine });
      void check();
    } else lockedElsewhere();
  };
  // Esc does not open a lock; a browser that closes the dialog all the same finds it open again.
  const onCancel = (event: Event) => event.preventDefault();
  const onClose = () => covered && dialog.showModal();
  const inside = (event: Event) => event.stopPropagation();

  dialog.addEventListener("cancel", onCancel);
  dialog.addEventListener("close", onClose);
  dialog.addEventListener("keydown", inside);
  dialog.addEventListener("keyup", inside);
  document.addEventListener("submit", onSubmit, true);
  window.addEventListener("keydown", onKey, true);
  document.addEventListener("visibilitychange", onVisible);
  document.addEventListener("cuspide:locked", onLocked);
  window.addEventListener("pagehide", onHide);
  window.addEventListener("pageshow", onShow);
  tabs?.addEventListener("message", onTab);
  window.setInterval(tick, TICK_MS);
});

/** Keypad, clock and the choice of person with her ways in, on the cover and on the lock's own page. */
define("unlock", (box) => {
  const pin = box.querySelector<HTMLInputElement>(".pin");
  const password = box.querySelector<HTMLInputElement>("#lock-password");
  const clock = box.querySelector<HTMLElement>("[data-clock]");
  const fold = box.querySelector<HTMLDetailsElement>(".lock-by-password");

  const passkey = box.querySelector<HTMLButtonElement>(".lock-by-passkey");

  const ways = () => {
    const given = box.querySelector<HTMLInputElement>(".lock-tile input:checked")?.dataset;
    return { byPin: given?.["byPin"] === "yes", passkeyFrom: given?.["passkeyFrom"] ?? "" };
  };
  /** The proof that the chosen person has: her PIN, or where she has none her passkey, or else her password. */
  const proof = () => {
    const { byPin, passkeyFrom } = ways();
    if (fold?.open || !(byPin || passkeyFrom)) return password;
    return byPin ? pin : passkey;
  };
  const offer = (byPassword = false) => {
    const { byPin, passkeyFrom } = ways();
    if (fold) fold.open = byPassword || (!byPin && !passkeyFrom);
    if (!passkey) return;
    passkey.hidden = !passkeyFrom;
    passkey.dataset["optionsFrom"] = passkeyFrom;
  };
  box.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target.name !== "seat") return;
    if (pin) pin.value = "";
    if (password) password.value = "";
    offer();
  });
  box.addEventListener("click", (event) => {
    // By pointer or finger one goes on to the PIN; by the arrows one may still choose another.
    if (event.detail > 0 && event.target instanceof Element && event.target.closest(".lock-tile")) window.setTimeout(() => proof()?.focus());
  });
  box.addEventListener("keydown", (event) => {
    // Digits are the PIN wherever the keyboard is.
    if (event.ctrlKey || event.altKey || event.metaKey || !/^[0-9]$/.test(event.key) || !pin) return;
    if (event.target instanceof HTMLInputElement && event.target.type !== "radio") return;
    if (proof() !== pin) return;
    event.preventDefault();
    pin.focus();
    pin.value = (pin.value + event.key).slice(0, 8);
  });
  fold?.addEventListener("toggle", () => {
    if (!fold.open) return;
    if (pin) pin.value = "";
    password?.focus();
  });
  box.addEventListener("click", (event) => {
    const key = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-digit], [data-erase]") : null;
    if (!key || !pin) return;
    pin.value = key.dataset["digit"] === undefined ? pin.value.slice(0, -1) : (pin.value + key.dataset["digit"]).slice(0, 8);
  });
  const now = () => {
    if (clock) clock.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false }).format();
  };
  const timer = window.setInterval(now, 10_000);
  offer(fold?.dataset["tried"] !== undefined);
  proof()?.focus();
  return () => window.clearInterval(timer);
});
