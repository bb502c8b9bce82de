// A button that answers with a passkey: `data-passkey="create"` makes one, `"get"` uses one. What to ask for stands in
// `data-options`, or is fetched from `data-options-from` when the person asks, so that it is fresh. The answer goes into the
// form's `credential`, and the form is sent; what went wrong is said in its `data-passkey-said`.

import { define } from "./binder";
import { translate } from "./words";

type Json = { [key: string]: unknown };
type Ceremony = "create" | "get";

const ANSWERED = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

function bytes(text: unknown): ArrayBuffer {
  const plain = atob(String(text).replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function text(buffer: ArrayBuffer | null): string | null {
  if (!buffer) return null;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** What the server asks for, with bytes where the browser wants them: the challenge and every `id` but the host's. */
function withBytes(asked: Json): Json {
  const named = (one: unknown) => ({ ...(one as Json), id: bytes((one as Json)["id"]) });
  const read = { ...asked, challenge: bytes(asked["challenge"]) } as Json;
  if (asked["user"]) read["user"] = named(asked["user"]);
  for (const list of ["allowCredentials", "excludeCredentials"]) if (asked[list]) read[list] = (asked[list] as unknown[]).map(named);
  return read;
}

let pending: AbortController | undefined;

/** One ceremony; an earlier one that still waits for a finger is given up. */
async function perform(ceremony: Ceremony, asked: Json): Promise<Json> {
  if (!window.PublicKeyCredential) throw new Refused(translate("passkey-none"));
  pending?.abort();
  pending = new AbortController();
  const options = { publicKey: withBytes(asked), signal: pending.signal } as unknown as CredentialCreationOptions & CredentialRequestOptions;
  const credential = (await navigator.credentials[ceremony](options)) as PublicKeyCredential;
  const answer = credential.response as AuthenticatorResponse & { getTransports?: () => string[] };
  const said = answer as unknown as Record<string, ArrayBuffer | null>;
  const response: Json = Object.fromEntries(ANSWERED.filter((part) => part in answer).map((part) => [part, text(said[part] ?? null)]));
  if (answer.getTransports) response["transports"] = answer.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function options(button: HTMLElement): Promise<Json> {
  const address = button.dataset["optionsFrom"];
  if (!address) return (JSON.parse(button.dataset["options"] ?? "{}") as Json)["publicKey"] as Json;
  const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" });
  const told = (await answer.json()) as Json;
  if (!answer.ok) throw new Refused(String(told["refused"] ?? translate("passkey-failed")));
  return told["publicKey"] as Json;
}

class Refused extends Error {}

/** What went wrong, in words. A browser says "not allowed" for a person who cancelled and for one who waited too long. */
function words(error: unknown): string {
  if (error instanceof Refused) return error.message;
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "AbortError") return translate("passkey-cancelled");
  if (name === "InvalidStateError") return translate("passkey-known");
  return translate("passkey-failed");
}

define("passkey", (element) => {
  const button = element as HTMLButtonElement;
  const form = button.form;
  const credential = form?.querySelector<HTMLInputElement>("input[name=credential]");
  const said = form?.querySelector<HTMLElement>("[data-passkey-said]");
  if (!form || !credential || !said) return;
  const say = (sentence: string) => {
    said.hidden = !sentence;
    said.textContent = sentence;
  };
  let asking = false;
  const ask = async () => {
    asking = true;
    say("");
    button.setAttribute("aria-busy", "true");
    try {
      credential.value = JSON.stringify(await perform(button.dataset["passkey"] as Ceremony, await options(button)));
      form.requestSubmit();
    } catch (error) {
      say(words(error));
    } finally {
      asking = false;
      button.removeAttribute("aria-busy");
    }
  };
  button.addEventListener("click", (event) => {
    event.preventDefault();
    if (!asking && form.reportValidity()) void ask();
  });
  // Back from the next page: what was answered once is worth nothing any more.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) credential.value = "";
  });
});
