// Who of the staff is at this desk, so that the menu shows only what their roles open. What is open the server decides.
import { useEffect, useState } from "react";

const NOBODY = { name: "", roles: [], permissions: [] };
let question;

function ask() {
  question ??= fetch("/api/v1/desk/me").then(
    (answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)),
  );
  // Asked once for all pages of this visit; what failed is asked again by the next page.
  return question.catch(() => {
    question = undefined;
    return NOBODY;
  });
}

/** Name, roles and permissions of the member of staff; nobody's while they are on their way. */
export function useDesk() {
  const [desk, setDesk] = useState(NOBODY);
  useEffect(() => {
    let open = true;
    ask().then((answer) => open && setDesk(answer));
    return () => {
      open = false;
    };
  }, []);
  return desk;
}
