// Histograms: over all steps as a map of heat, and at the cursor as bars.
import { html, ink, useEffect, useRef } from "#mt/ui.js";
import { useAnswer } from "#mt/load.js";
import { RunName, StepBadge, useItems } from "#mt/items.js";
import { atOrBefore, unpack } from "#mt/packed.js";
import { chosen, colour, cursor, drawnAs, step, theme } from "#mt/state.js";
import { number, whole } from "#mt/words.js";
import { paintBytes } from "#mt/components/audio.js";

const HEIGHT = 150;

/** Steps by bins as bytes, the highest bin first; faint counts stay to be seen. */
function asBytes(matrix, steps, bins) {
  const found = new Uint8Array(steps * bins);
  const most = Math.max(1e-30, ...matrix);
  for (let s = 0; s < steps; s++) for (let b = 0; b < bins; b++) {
    found[(bins - 1 - b) * steps + s] = Math.round(255 * Math.sqrt(Math.max(0, matrix[s * bins + b]) / most));
  }
  return found;
}

function Heat({ facts, edges }) {
  const canvas = useRef(null);
  const steps = unpack(facts.steps);
  const bins = edges.length - 1;
  useEffect(() => paintBytes(canvas.current, asBytes(unpack(facts.matrix), steps.length, bins), steps.length, bins), [facts]);
  const at = Math.max(0, atOrBefore(steps, step.value));
  const pick = event => {
    const box = event.currentTarget.getBoundingClientRect();
    const index = Math.min(steps.length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * steps.length)));
    cursor.value = steps[index];
  };
  return html`<div class="heat" onClick=${pick} title="Click: go to that step">
    <div class="heat-y"><span>${number(edges[bins], 3)}</span><span>${number(edges[0], 3)}</span></div>
    <div class="heat-map"><canvas ref=${canvas} style=${{ height: `${HEIGHT}px` }} role="img" aria-label="Histograms over the steps"></canvas><i class="heat-cursor" style=${{ left: `${(100 * (at + 0.5)) / steps.length}%` }}></i></div>
    <div class="heat-x"><span>${whole(steps[0])}</span><span>step</span><span>${whole(steps[steps.length - 1])}</span></div>
  </div>`;
}

function ridge(context, row, base, width, height, stroke, fill) {
  context.beginPath();
  context.moveTo(0, base);
  row.forEach((one, i) => context.lineTo(((i + 0.5) / row.length) * width, base - one * height));
  context.lineTo(width, base);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = stroke;
  context.stroke();
}

function Ridge({ facts, edges, run }) {
  const canvas = useRef(null);
  const steps = unpack(facts.steps);
  useEffect(() => {
    const bins = edges.length - 1;
    const matrix = unpack(facts.matrix);
    const most = Math.max(1e-30, ...matrix);
    const context = canvas.current.getContext("2d");
    const [width, height] = [(canvas.current.width = 720), (canvas.current.height = HEIGHT * 2)];
    const fill = ink("card");
    context.lineWidth = 1.5;
    const count = Math.min(24, steps.length);
    for (let n = 0; n < count; n++) {
      const s = Math.round((n * (steps.length - 1)) / Math.max(1, count - 1));
      const row = Array.from(matrix.subarray(s * bins, (s + 1) * bins), one => one / most);
      ridge(context, row, 60 + (n * (height - 64)) / Math.max(1, count - 1), width, 56, colour(run), fill);
    }
  }, [facts, theme.value, run]);
  return html`<div class="heat"><div class="heat-y"><span>${whole(steps[0])}</span><span>${whole(steps[steps.length - 1])}</span></div>
    <div class="heat-map"><canvas ref=${canvas} class="lines" style=${{ height: `${HEIGHT}px` }} role="img" aria-label="Histograms, one line a step"></canvas></div>
    <div class="heat-x"><span>${number(edges[0], 3)}</span><span>value</span><span>${number(edges[edges.length - 1], 3)}</span></div></div>`;
}

function Bars({ item, run }) {
  const { counts = [], edges = [] } = item.value ?? {};
  const most = Math.max(1e-30, ...counts);
  const span = edges[edges.length - 1] - edges[0] || 1;
  const path = counts.map((one, i) => {
    const [x, w, h] = [(100 * (edges[i] - edges[0])) / span, (100 * (edges[i + 1] - edges[i])) / span, (96 * one) / most];
    return `M${x.toFixed(2)},100v${(-h).toFixed(2)}h${w.toFixed(2)}V100z`;
  }).join("");
  const facts = ["count", "min", "mean", "max", "std", "nan"].filter(name => item.value?.[name] !== null && item.value?.[name] !== undefined && !(name === "nan" && !item.value.nan));
  return html`<div class="bars" data-step=${item.step}><svg viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label=${`Histogram of step ${item.step}`}><path d=${path} fill=${colour(run)} /></svg>
    <div class="bars-x"><span>${number(edges[0], 3)}</span><span>${number(edges[edges.length - 1], 3)}</span></div>
    <dl>${facts.map(name => html`<div key=${name}><dt>${name}</dt><dd>${number(item.value[name])}</dd></div>`)}</dl></div>`;
}

function One({ run, name, steps, answer }) {
  const position = atOrBefore(steps, step.value);
  const at = position < 0 ? null : steps[position];
  const found = useItems(name, run.id, at, 1);
  const is = at === null ? null : found?.step ?? at;
  const facts = answer?.runs[run.id];
  const Over = drawnAs.value === "heat" ? Heat : Ridge;
  return html`<section class="runrow" data-run=${run.id} data-step=${is}><header><${RunName} run=${run} /><${StepBadge} at=${is} wanted=${step.value} /></header>
    <div class="histograms">${facts && html`<${Over} facts=${facts} edges=${answer.bins} run=${run.id} />`}${at !== null && found?.items?.[0] && html`<${Bars} item=${found.items[0]} run=${run.id} />`}</div></section>`;
}

export function Panel({ name, steps }) {
  const { data } = useAnswer("hist", { key: name, n: 200 });
  const answer = data && { ...data, bins: unpack(data.edges) };
  const rows = chosen.value.filter(run => steps[run.id]);
  return html`<div class="byrun ${rows.length > 1 ? "many" : ""}">${rows.map(run => html`<${One} key=${run.id} run=${run} name=${name} steps=${steps[run.id]} answer=${answer} />`)}</div>`;
}

export function Tools() {
  return html`<div class="tabs" role="group" aria-label="Drawn as">${[["heat", "heat map"], ["ridge", "ridges"]].map(([word, title]) => html`<button key=${word} class=${drawnAs.value === word ? "on" : ""} aria-pressed=${drawnAs.value === word} onClick=${() => { drawnAs.value = word; }}>${title}</button>`)}</div>`;
}
