// Secrets that are shown once: fetched by the page itself, held by nothing else, gone with it.
import { createElement as h, useEffect, useState } from "react";

const grouped = (text) => text.match(/.{1,4}/g).join(" ");

/** The secret of an authenticator app that is being set up: QR code, a link for this phone, and the text to type. */
export function Secret({ labels, linkClass }) {
  const [told, setTold] = useState(null);
  useEffect(() => {
    fetch("/api/v1/account/authenticator/secret", { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(answer.status))))
      .then(setTold)
      .catch(() => location.replace("/account/security"));
  }, []);
  return h(
    "div",
    { className: "grid justify-items-center gap-3" },
    told
      ? h("img", { src: "/api/v1/account/authenticator/qr.svg", alt: labels.qr, className: "size-56 rounded-2xl bg-white" })
      : h("div", { className: "skeleton size-56 rounded-2xl", "aria-hidden": "true" }),
    h("a", { href: told?.link ?? "#", className: linkClass }, labels.open),
    h("p", { className: "text-sm text-soft" }, labels.type),
    h("code", { className: "min-h-14 max-w-full text-center text-lg font-semibold tracking-wider break-words select-all" }, told ? grouped(told.secret) : ""),
  );
}

/** Makes recovery codes when asked, and shows them this once. */
export function RecoveryCodes({ labels, buttonClass }) {
  const [codes, setCodes] = useState(null);
  const make = async () => {
    const answer = await fetch("/api/v1/account/recovery-codes", { method: "POST", headers: { Accept: "application/json" } });
    if (!answer.ok) return location.assign("/account/confirm?next=/account/recovery");
    return setCodes((await answer.json()).codes);
  };
  if (!codes) return h("button", { type: "button", className: buttonClass, onClick: make }, labels.make);
  return h(
    "div",
    { className: "grid gap-4" },
    h("ul", { className: "grid grid-cols-2 gap-x-4 gap-y-2 text-lg font-semibold tabular-nums", "aria-live": "polite" }, codes.map((code) => h("li", { key: code }, h("code", null, code)))),
    h("button", { type: "button", className: buttonClass, onClick: () => navigator.clipboard.writeText(codes.join("\n")) }, labels.copy),
  );
}
