// The last numbers a page had: written while it is open, read by the offline page. boot.js defines the way they are kept.
import { useEffect, useMemo, useSyncExternalStore } from "react";

export function Keep({ ready, name, values }) {
  const text = JSON.stringify(values);
  useEffect(() => {
    if (ready) window.upayKeep(name, JSON.parse(text));
  }, [ready, name, text]);
  return null;
}

/** What was kept is not this person's to see any more. */
export function Forget({ name }) {
  useEffect(() => {
    try {
      localStorage.removeItem(`upay.kept.${name}`);
    } catch {
      // Nothing can have been kept where nothing can be removed.
    }
  }, [name]);
  return null;
}

const never = () => () => {};

function read(name) {
  try {
    return localStorage.getItem(`upay.kept.${name}`) ?? "";
  } catch {
    return "";
  }
}

/** The kept numbers with `at_s`, or an empty object. */
export function useKept(name) {
  const text = useSyncExternalStore(never, () => read(name), () => "");
  return useMemo(() => {
    if (!text) return {};
    const { at_s, values } = JSON.parse(text);
    return { ...values, at_s };
  }, [text]);
}
