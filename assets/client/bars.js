// Small bars for a day's blocks or a month's days. Drawn here from plain rows, so that reading one needs no server.
import { createElement as h, useId, useState } from "react";
import { useLanguage } from "./language";
import { dateText, kwh, timeText } from "./numbers";

const COLOURS = { normal: "var(--norm)", solar: "var(--sun)", peak: "var(--peak)", "": "var(--act)" };
const AXIS_PX = 20;
const TOP_PX = 6;
const DAY_S = 86400;
const IST_S = 19800;

const isoDay = (startS) => new Date((startS + IST_S) * 1000).toISOString().slice(0, 10);

function period(language, row, minutes) {
  if (!minutes) return dateText(language, isoDay(row.start_s), "weekday");
  return `${timeText(language, row.start_s)} – ${timeText(language, row.start_s + minutes * 60)}`;
}

/** What one bar says, as the readout and a screen reader have it. */
function described(language, row, minutes, texts) {
  const energy = row.wh < 0 ? "" : `${kwh(language, row.wh, minutes ? 2 : 1)} ${texts.unit}`;
  return [period(language, row, minutes), energy, texts.bands[row.band], texts.states[row.state]].filter(Boolean).join(" · ");
}

/** Hours of a day or ends of a month, as [position in percent, text, anchor]. */
function ticks(language, rows, minutes, texts) {
  if (!minutes)
    return [
      [0, dateText(language, isoDay(rows[0].start_s), "day"), "start"],
      [100, texts.last, "end"],
    ];
  const span = rows.length * minutes * 60;
  return [0, 6, 12, 18, 24].map((hour) => {
    const at = (hour * 3600 * 100) / Math.max(span, DAY_S);
    return [at, timeText(language, rows[0].start_s + hour * 3600).replace(":00", ""), hour === 0 ? "start" : hour === 24 ? "end" : "middle"];
  });
}

function patterns(id) {
  const box = { width: 4, height: 4, patternUnits: "userSpaceOnUse" };
  return h(
    "defs",
    null,
    h("pattern", { id: `${id}peak`, ...box, patternTransform: "rotate(45)" }, h("rect", { width: 1.4, height: 4, fill: "var(--card)", opacity: 0.55 })),
    h("pattern", { id: `${id}solar`, ...box }, h("circle", { cx: 2, cy: 2, r: 0.8, fill: "var(--card)", opacity: 0.75 })),
  );
}

function bar(row, index, { width, high, top, id, chosen }) {
  const tall = row.wh < 0 || top === 0 ? 0 : (row.wh / top) * (high - TOP_PX);
  const size = { x: `${index * width + width * 0.1}%`, width: `${width * 0.8}%` };
  const colour = COLOURS[row.band] ?? COLOURS[""];
  if (row.wh < 0 || row.state === "outage") {
    const marker = row.state === "outage" ? "var(--due)" : "var(--line)";
    return h("rect", { key: index, ...size, y: high - 3, height: 3, rx: 1, fill: marker });
  }
  const shape = { ...size, y: high - Math.max(tall, 2), height: Math.max(tall, 2), rx: 2 };
  const faded = chosen === null || chosen === index ? 1 : 0.55;
  if (row.state === "estimated")
    return h("rect", { key: index, ...shape, fill: "var(--card)", stroke: colour, strokeWidth: 1.3, strokeDasharray: "2.5 2", opacity: faded });
  const still = row.state === "running" ? 0.5 : 1;
  return h(
    "g",
    { key: index, opacity: faded * still },
    h("rect", { ...shape, fill: colour }),
    (row.band === "peak" || row.band === "solar") && h("rect", { ...shape, fill: `url(#${id}${row.band})` }),
  );
}

/** The columns that travelled, as one row a bar. */
const rowsOf = ({ start_s, step_s, wh, bands, states }) =>
  wh.map((energy, index) => ({ start_s: start_s + index * step_s, wh: energy, band: bands[index], state: states[index] }));

/** bars: {start_s, step_s, wh (-1 unknown), bands, states}, a place in each list a bar.  height: CSS pixels, reserved. */
export function Bars({ bars, label, texts, height }) {
  const rows = rowsOf(bars);
  const minutes = bars.step_s < DAY_S ? bars.step_s / 60 : 0;
  const language = useLanguage();
  const id = useId();
  const [chosen, choose] = useState(null);
  const high = height - AXIS_PX;
  const top = Math.max(0, ...rows.map((row) => row.wh));
  const width = 100 / Math.max(rows.length, 1);
  const at = chosen !== null && chosen < rows.length ? chosen : null;

  const point = (event) => {
    const frame = event.currentTarget.getBoundingClientRect();
    const index = Math.floor(((event.clientX - frame.left) / frame.width) * rows.length);
    choose(Math.min(rows.length - 1, Math.max(0, index)));
  };
  const press = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -rows.length, End: rows.length }[event.key];
    if (event.key === "Escape") choose(null);
    if (!step) return;
    event.preventDefault();
    choose((before) => Math.min(rows.length - 1, Math.max(0, before === null ? (step > 0 ? 0 : rows.length - 1) : before + step)));
  };

  return h(
    "figure",
    { className: "m-0" },
    h("p", { className: "min-h-5 text-sm leading-5 text-soft", "aria-live": "polite" }, at === null ? "\u00a0" : described(language, rows[at], minutes, texts)),
    h(
      "svg",
      {
        width: "100%",
        height,
        role: "img",
        tabIndex: 0,
        "aria-label": `${label}. ${texts.hint}`,
        className: "block touch-pan-y overflow-visible rounded-lg",
        onPointerMove: point,
        onPointerDown: point,
        onPointerLeave: () => choose(null),
        onBlur: () => choose(null),
        onKeyDown: press,
      },
      patterns(id),
      h("line", { x1: 0, x2: "100%", y1: high + 0.5, y2: high + 0.5, stroke: "var(--line)" }),
      rows.map((row, index) => bar(row, index, { width, high, top, id, chosen: at })),
      rows.length > 0 &&
        ticks(language, rows, minutes, texts).map(([x, text, anchor]) =>
          h("text", { key: x, x: `${x}%`, y: height - 4, fontSize: 12, fill: "var(--soft)", textAnchor: anchor }, text),
        ),
    ),
  );
}
