// What a page knows of its surroundings: its address, and whether the server is within reach.
import { useEffect, useState, useSyncExternalStore } from "react";

const never = () => () => {};

/** A parameter of the address; empty while the page is prerendered. */
export const useQuery = (name) =>
  useSyncExternalStore(never, () => new URLSearchParams(location.search).get(name) ?? "", () => "");

/** All parameters of the address as an object. */
export const queryValues = () => (typeof location === "undefined" ? {} : Object.fromEntries(new URLSearchParams(location.search)));

const SHOW_REGAINED_MS = 4000;

function watchNetwork(watcher) {
  addEventListener("online", watcher);
  addEventListener("offline", watcher);
  return () => {
    removeEventListener("online", watcher);
    removeEventListener("offline", watcher);
  };
}

/** "" while all is well, "lost" without a connection, "regained" for a moment after. errors: failed attempts since. */
export function useConnection(errors) {
  const offline = useSyncExternalStore(watchNetwork, () => !navigator.onLine, () => false);
  const lost = offline || errors.length > 1;
  const [state, setState] = useState("");
  useEffect(() => {
    if (lost) {
      setState("lost");
      return undefined;
    }
    setState((before) => (before === "lost" ? "regained" : before));
    const timer = setTimeout(() => setState(""), SHOW_REGAINED_MS);
    return () => clearTimeout(timer);
  }, [lost]);
  return state;
}

/** Whether the server reported a fault of its own within this page's life. */
export function useFault() {
  const [faulty, setFaulty] = useState(false);
  useEffect(() => {
    const raise = () => setFaulty(true);
    addEventListener("upay:fault", raise);
    return () => removeEventListener("upay:fault", raise);
  }, []);
  return faulty;
}

/** Seconds left of a wait that began when the page opened. */
export function useCountdown(seconds) {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = Date.now() + seconds * 1000;
    const timer = setInterval(() => {
      const rest = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      setLeft(rest);
      if (rest === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [seconds]);
  return left;
}

/** The address if it stays on this site, else the front door: an address bar may hold anything. */
export const inside = (address) => (/^\/(?![/\\])[^\s]*$/.test(address) ? address : "/");

/** Go back to the page that could not be reached, as soon as it can. */
export function Return({ back }) {
  useEffect(() => {
    const leave = () => location.replace(inside(back));
    const look = () => fetch("/ping", { cache: "no-store" }).then((answer) => answer.ok && leave(), () => undefined);
    const timer = setInterval(look, 5000);
    addEventListener("online", look);
    return () => {
      clearInterval(timer);
      removeEventListener("online", look);
    };
  }, [back]);
  return null;
}
