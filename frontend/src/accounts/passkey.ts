// A form that is sent with a passkey: `data-passkey="create"` makes one, `"get"` answers with one. What to ask for stands
// in `data-options`, or is fetched from `data-options-from` when the person asks, so that it is fresh.

import { define } from "../shell/binder";
import { translate } from "../shell/words";

type Json = { [key: string]: unknown };

function bytes(text: unknown): ArrayBuffer {
  const plain = atob(String(text).replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function text(buffer: ArrayBuffer | null): string | null {
  if (!buffer) return null;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function withBytes(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list ?? []) as Json[]).map((one) => ({ ...one, id: bytes(one["id"]) }) as PublicKeyCredentialDescriptor);
}

async function make(asked: Json): Promise<Json> {
  const user = asked["user"] as Json;
  const publicKey = {
    ...asked,
    challenge: bytes(asked["challenge"]),
    user: { ...user, id: bytes(user["id"]) },
    excludeCredentials: withBytes(asked["excludeCredentials"]),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const answer = made.response as AuthenticatorAttestationResponse;
  return {
    ...told(made),
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      attestationObject: text(answer.attestationObject),
      transports: answer.getTransports(),
    },
  };
}

async function use(asked: Json): Promise<Json> {
  const publicKey = {
    ...asked,
    challenge: bytes(asked["challenge"]),
    allowCredentials: withBytes(asked["allowCredentials"]),
  } as unknown as PublicKeyCredentialRequestOptions;
  const used = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const answer = used.response as AuthenticatorAssertionResponse;
  return {
    ...told(used),
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      authenticatorData: text(answer.authenticatorData),
      signature: text(answer.signature),
      userHandle: text(answer.userHandle),
    },
  };
}

function told(credential: PublicKeyCredential): Json {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function options(form: HTMLFormElement): Promise<Json> {
  const address = form.dataset["optionsFrom"];
  if (!address) return (JSON.parse(form.dataset["options"] ?? "{}") as Json)["publicKey"] as Json;
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
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
  const form = element as HTMLFormElement;
  const credential = form.querySelector<HTMLInputElement>("input[name=credential]");
  const said = form.querySelector<HTMLElement>("[data-passkey-said]");
  const button = form.querySelector<HTMLButtonElement>("button");
  if (!credential || !said) return;
  const say = (sentence: string) => {
    said.hidden = !sentence;
    said.textContent = sentence;
  };
  if (!window.PublicKeyCredential) {
    say(translate("passkey-none"));
    if (button) button.disabled = true;
    return;
  }
  let asking = false;
  const ask = async () => {
    asking = true;
    say("");
    button?.setAttribute("aria-busy", "true");
    try {
      const asked = await options(form);
      credential.value = JSON.stringify(await (form.dataset["passkey"] === "create" ? make(asked) : use(asked)));
      form.requestSubmit();
    } catch (error) {
      say(words(error));
    } finally {
      asking = false;
      button?.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("submit", (event) => {
    if (credential.value) return;
    event.preventDefault();
    if (!asking) void ask();
  });
  // Back from the next page: what was answered once is worth nothing any more.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) credential.value = "";
  });
});
