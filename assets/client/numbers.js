// Numbers, money, dates and ages as the reader writes them: Indian grouping, Latin digits in both languages.
import { useSyncExternalStore } from "react";

const LOCALES = { hi: "hi-IN-u-nu-latn", en: "en-IN" };
const ZONE = "Asia/Kolkata";
const kept = new Map();

/** Intl formatters cost a millisecond each to make; a page asks for the same few again and again. */
function formatter(Kind, language, options) {
  const key = `${Kind.name}|${language}|${JSON.stringify(options)}`;
  if (!kept.has(key)) kept.set(key, new Kind(LOCALES[language], options));
  return kept.get(key);
}

const missing = (value) => value === null || value === undefined || value === "" || Number.isNaN(Number(value));

export function number(language, value, digits) {
  if (missing(value)) return "–";
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return formatter(Intl.NumberFormat, language, options).format(value).replace("-", "−");
}

export const kwh = (language, wh, digits) => (missing(wh) ? "–" : number(language, wh / 1000, digits));

export function money(language, paise) {
  if (missing(paise)) return "–";
  const sign = paise < 0 ? "−" : "";
  return `${sign}₹${number(language, Math.abs(paise) / 100, paise % 100 === 0 ? 0 : 2)}`;
}

/** An Indian mobile number in E.164, in the groups people read it in. */
export const mobile = (language, number) => (number ?? "").replace(/^(\+91)(\d{5})(\d{5})$/, "$1 $2 $3");

const DATES = {
  day: { day: "numeric", month: "short" },
  long: { day: "numeric", month: "long", year: "numeric" },
  weekday: { weekday: "long", day: "numeric", month: "long" },
  weekday_short: { weekday: "short" },
  month: { month: "long", year: "numeric" },
  month_short: { month: "short" },
  month_narrow: { month: "narrow" },
  year: { year: "numeric" },
};

/** A calendar date, "2026-11-23": it means that day wherever the reader is. */
export function dateText(language, iso, style) {
  if (!iso) return "–";
  const options = { ...DATES[style], timeZone: "UTC" };
  // Hindi months are short enough in full, and nobody writes "अक्टू॰".
  if (language === "hi" && options.month === "short") options.month = "long";
  return formatter(Intl.DateTimeFormat, language, options).format(new Date(`${iso}T00:00Z`));
}

/** The time of day in India: "7:42 am", in Hindi "सुबह 7:42". */
export function timeText(language, epochSeconds) {
  if (missing(epochSeconds)) return "–";
  const options = { hour: "numeric", minute: "2-digit", hour12: true, timeZone: ZONE };
  if (language === "hi") options.dayPeriod = "short";
  return formatter(Intl.DateTimeFormat, language, options).format(new Date(epochSeconds * 1000));
}

const clock = { watchers: new Set(), timer: undefined };

function tick(watcher) {
  clock.watchers.add(watcher);
  clock.timer ??= setInterval(() => clock.watchers.forEach((each) => each()), 1000);
  return () => {
    clock.watchers.delete(watcher);
    if (clock.watchers.size === 0) {
      clearInterval(clock.timer);
      clock.timer = undefined;
    }
  };
}

/** The present second. A prerendered page does not know the time: 0. */
export const useSecond = () => useSyncExternalStore(tick, () => Math.floor(Date.now() / 1000), () => 0);

const AGES = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** How long ago an instant was: "12 seconds ago". Clocks differ a little, so the future counts as now. */
export function ago(language, now, epochSeconds) {
  if (!now || missing(epochSeconds)) return "";
  const age = Math.max(0, now - epochSeconds);
  const [unit, length] = AGES.find(([, size]) => age >= size) ?? ["second", 1];
  const options = { numeric: age < 1 ? "auto" : "always" };
  return formatter(Intl.RelativeTimeFormat, language, options).format(-Math.floor(age / length), unit);
}
