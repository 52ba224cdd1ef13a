// WebOTP: a phone that reads the code out of the SMS puts it into the field and sends the form. See sign_in.message_….
import { useEffect } from "react";

/** Waits for the code of an SMS while the page is open. field: name of the input. Draws nothing. */
export function CodeFromSms({ field }) {
  useEffect(() => {
    if (!("OTPCredential" in window)) return undefined;
    const waiting = new AbortController();
    navigator.credentials
      .get({ otp: { transport: ["sms"] }, signal: waiting.signal })
      .then((received) => {
        const input = document.querySelector(`input[name=${field}]`);
        if (!received || !input || input.value) return;
        input.value = received.code;
        input.form.requestSubmit();
      })
      .catch(() => undefined); // refused by the person, or the page was left: the code is typed by hand
    return () => waiting.abort();
  }, [field]);
  return null;
}
