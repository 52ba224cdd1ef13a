// A Plotly chart whose figure is fetched from our own server: drawn after first paint, re-coloured with the theme.
import { createElement, useEffect, useRef, useState } from "react";
import { useLanguage } from "./language";

const CONFIG = { displayModeBar: false, responsive: true, doubleClick: false, scrollZoom: false };

let library;
const plotly = () => (library ??= import("plotly.js-basic-dist-min").then((module) => module.default ?? module));

/** Figures name colours by token ("--sun"); the theme's values take their place. */
function coloured(value, style) {
  if (typeof value === "string") return value.startsWith("--") ? style.getPropertyValue(value).trim() : value;
  if (Array.isArray(value)) return value.map((each) => coloured(each, style));
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, coloured(each, style)]));
  return value;
}

/** On a phone every second label has to go, or they would stand on end. */
function thinned(axis, width) {
  if (width > 520 || axis.tickvals.length < 6) return axis;
  const every = (values) => values.filter((_, index) => index % 2 === 0);
  return { ...axis, tickvals: every(axis.tickvals), ticktext: every(axis.ticktext) };
}

/** What a figure marks as wide waits on a phone for a press on its legend entry, and its axis takes no room there. */
function narrowed({ data, layout }, width) {
  if (width >= 600 || !data.some((trace) => trace.meta === "wide")) return { data, layout };
  return {
    data: data.map((trace) => (trace.meta === "wide" ? { ...trace, visible: "legendonly" } : trace)),
    layout: { ...layout, yaxis2: { ...layout.yaxis2, visible: false }, margin: { ...layout.margin, r: 8 } },
  };
}

function draw(Plotly, node, figure) {
  const style = getComputedStyle(document.documentElement);
  const { data, layout: full } = narrowed(coloured(figure, style), node.clientWidth);
  const layout = { ...full, xaxis: thinned(full.xaxis, node.clientWidth) };
  const font = { ...layout.font, family: getComputedStyle(document.body).fontFamily };
  return Plotly.react(node, data, { ...layout, font, autosize: true }, CONFIG);
}

/** url: where the figure is, without the language.  failed: what to say when it cannot be had.  height: CSS pixels. */
export function Chart({ url, label, failed, height }) {
  const language = useLanguage();
  const node = useRef(null);
  const [state, setState] = useState("waiting");

  useEffect(() => {
    if (!url) return undefined;
    const leaving = new AbortController();
    let figure;
    const redraw = () => figure && plotly().then((Plotly) => node.current && draw(Plotly, node.current, figure));
    const theme = new MutationObserver(redraw);
    fetch(`${url}&language=${language}`, { signal: leaving.signal })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
      .then((fetched) => {
        figure = fetched;
        return redraw();
      })
      .then(() => setState("drawn"))
      .catch(() => leaving.signal.aborted || setState("failed"));
    theme.observe(document.documentElement, { attributeFilter: ["class"] });
    return () => {
      leaving.abort();
      theme.disconnect();
    };
  }, [url, language]);

  return createElement(
    "div",
    { role: "img", "aria-label": label, style: { position: "relative", height } },
    state === "waiting" && createElement("div", { className: "skeleton", style: { position: "absolute", inset: 0, borderRadius: 12 } }),
    state === "failed" && createElement("p", { style: { position: "absolute", inset: 0, display: "grid", placeItems: "center" } }, failed),
    createElement("div", { ref: node, "aria-hidden": true, style: { height, width: "100%", opacity: state === "drawn" ? 1 : 0 } }),
  );
}
