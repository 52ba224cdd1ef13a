// Passkeys: the exchange between the browser's authenticator and our doors. Written out, for older phones lack the JSON helpers.
import { createElement, useState, useSyncExternalStore } from "react";

const never = () => () => {};
const supported = () => typeof PublicKeyCredential !== "undefined" && window.isSecureContext;

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const described = (list) => list?.map((each) => ({ ...each, id: bytes(each.id) }));

class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

async function post(path, body) {
  const answer = await fetch(`/api/v1/passkeys/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Refused(told.code);
  return told;
}

async function make(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
  });
  return {
    attestationObject: text(made.response.attestationObject),
    ...shell(made),
  };
}

async function show(options) {
  const shown = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: described(options.allowCredentials) },
  });
  return {
    authenticatorData: text(shown.response.authenticatorData),
    signature: text(shown.response.signature),
    userHandle: shown.response.userHandle ? text(shown.response.userHandle) : undefined,
    ...shell(shown),
  };
}

const shell = (credential) => ({ of: credential, clientDataJSON: text(credential.response.clientDataJSON) });

async function exchange(making, next) {
  const way = making ? "new" : "sign-in";
  const { of, ...response } = await (making ? make : show)(await post(`${way}/options`));
  const credential = { id: of.id, rawId: text(of.rawId), type: of.type, clientExtensionResults: {}, response };
  return (await post(way, { credential, next })).next;
}

// What a refusal leads to: somebody who must first prove who they are is asked to; else the page says why.
const PROVE = { "sign_in.confirm_needed": "/account/confirm", "sign_in.second_needed": "/sign-in/second", "sign_in.needed": "/sign-in" };

function lead(code, next) {
  const page = PROVE[code] ?? location.pathname;
  const query = new URLSearchParams(PROVE[code] ? { next: location.pathname } : { e: code, at: "passkey" });
  if (!PROVE[code] && next) query.set("next", next);
  location.assign(`${page}?${query}`);
}

/** A button that makes a passkey or signs in with one; nothing where the browser has none. */
export function PasskeyButton({ making, next, stands, cancelled, className, children }) {
  const ready = useSyncExternalStore(never, supported, () => false);
  const [busy, setBusy] = useState(false);
  if (!ready) return null;
  const press = async () => {
    setBusy(true);
    try {
      location.assign(await exchange(making, next));
    } catch (trouble) {
      if (trouble instanceof Refused) lead(trouble.code, next);
      else lead(trouble.name === "InvalidStateError" ? stands : cancelled, next);
    }
  };
  return createElement("button", { type: "button", className, onClick: press, disabled: busy, "aria-busy": busy }, children);
}
