// What would I pay: the values asked for stand in the address, the answer comes over HTTP a moment after the last change.
import { createElement as h, useEffect, useSyncExternalStore } from "react";

const WAIT_MS = 120;
const watchers = new Set();
let snapshot = { asked: {}, answer: null, message: "", busy: true };
let defaults = {};
let timer, running, opened = 0;

function publish(change) {
  snapshot = { ...snapshot, ...change };
  watchers.forEach((watcher) => watcher());
}

/** Only what differs from the defaults, so that a plain address stays plain. */
function address(asked) {
  const told = Object.entries(asked).filter(([name, value]) => value !== "" && value !== defaults[name]);
  return `?${new URLSearchParams(told)}`;
}

function ask() {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    running?.abort();
    const mine = (running = new AbortController());
    const { tod, solar, peak, prepaid, ...rest } = snapshot.asked;
    const values = { ...rest, ...(tod ? { solar, peak } : {}), ...(prepaid ? { prepaid: "true" } : {}) };
    for (const number of ["kwh", "load"]) values[number] ||= "0";
    const query = new URLSearchParams(values);
    try {
      const headers = { "Accept-Language": document.documentElement.lang };
      const reply = await fetch(`/api/v1/quote?${query}`, { signal: mine.signal, headers });
      const body = await reply.json();
      if (reply.ok) publish({ answer: body, message: "", busy: false });
      else publish({ message: body.message, busy: false });
    } catch (error) {
      // A question that was overtaken says nothing; without a server the shell says so, and the last answer stays.
      if (error.name !== "AbortError") publish({ busy: false });
    }
  }, WAIT_MS);
}

function change(name, value) {
  const asked = { ...snapshot.asked, [name]: value };
  // Solar and peak hours share a hundred percent: the one just moved has its way.
  if (name === "solar") asked.peak = String(Math.min(Number(asked.peak), 100 - Number(value)));
  if (name === "peak") asked.solar = String(Math.min(Number(asked.solar), 100 - Number(value)));
  publish({ asked, busy: true });
  history.replaceState(history.state, "", location.pathname + address(asked));
  ask();
}

/** The first to open reads the address; when the last has closed, another visit reads its own. */
function open(given) {
  if (opened++ === 0) {
    defaults = given;
    publish({ asked: { ...given, ...Object.fromEntries(new URLSearchParams(location.search)) } });
    ask();
  }
  return () => {
    opened--;
  };
}

function subscribe(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

const empty = snapshot;
const now = () => snapshot;

/** {asked, answer, message, busy}. given: what is asked for until the address or the person says otherwise. */
export function useQuote(given) {
  const quote = useSyncExternalStore(subscribe, now, () => empty);
  useEffect(() => open(given), []);
  return quote;
}

/** A control bound to one of the values: `input` of any type, or `select` with its options as children. */
export function QuoteControl({ name, as = "input", given, children, ...rest }) {
  const { asked } = useQuote(given);
  const value = asked[name] ?? given[name];
  const set = (event) => change(name, rest.type === "checkbox" ? (event.target.checked ? "1" : "") : event.target.value);
  const bound = rest.type === "checkbox" ? { checked: value === "1" } : { value };
  return h(as, { name, ...rest, ...bound, onChange: set }, ...(children ? [children].flat() : []));
}
