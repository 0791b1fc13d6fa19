// One step for everything: the slider above all panels.
import { html, useEffect, useState } from "#mt/ui.js";
import { allSteps, cursor, logY, move, newest, smoothing, step, keys, xAxis, zoom } from "#mt/state.js";
import { atOrBefore } from "#mt/packed.js";
import { whole } from "#mt/words.js";

const PLAY_MILLISECONDS = 220;

function Play() {
  const [playing, set] = useState(false);
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setInterval(() => {
      if (step.peek() >= newest.peek()) set(false);
      else move(1);
    }, PLAY_MILLISECONDS);
    return () => clearInterval(timer);
  }, [playing]);
  const start = () => {
    if (!playing && step.peek() >= newest.peek()) cursor.value = allSteps.peek()[0] ?? null;
    set(!playing);
  };
  return html`<button class="icon" onClick=${start} aria-pressed=${playing} title=${playing ? "Stop" : "Play through the steps"}>${playing ? "❚❚" : "▶"}</button>`;
}

export function StepBar() {
  const steps = allSteps.value;
  const at = Math.max(0, atOrBefore(steps, step.value));
  const last = steps.length - 1;
  const go = index => { cursor.value = index >= last ? null : steps[index]; };
  return html`<div class="stepbar" role="group" aria-label="Step">
    <span class="stepbar-name">Step</span>
    <button class="icon" onClick=${() => move(-1)} disabled=${at <= 0} title="One logged step back (←)" aria-label="One step back">‹</button>
    <input type="range" min="0" max=${Math.max(0, last)} value=${at} onInput=${event => go(Number(event.target.value))}
      aria-label="Step" aria-valuetext=${`step ${step.value}`} disabled=${last < 1} style=${{ "--at": `${last > 0 ? (100 * at) / last : 100}%` }} />
    <button class="icon" onClick=${() => move(1)} disabled=${at >= last} title="One logged step on (→)" aria-label="One step on">›</button>
    <${Play} />
    <input class="stepnumber" type="number" min="0" value=${step.value} aria-label="Go to step"
      onChange=${event => { if (event.target.value !== "") cursor.value = Math.max(0, Math.round(Number(event.target.value))); }} />
    <button class="chip ${cursor.value === null ? "on" : ""}" onClick=${() => { cursor.value = null; }} title="Follow the newest step (End)">newest</button>
    <span class="stepbar-count">${last > 0 ? `${whole(at + 1)} of ${whole(last + 1)}` : ""}</span>
  </div>`;
}

export function ChartSettings() {
  const names = Object.keys(keys.value.scalars).sort();
  return html`<div class="settings">
    <label>x <select value=${xAxis.value} onChange=${event => { xAxis.value = event.target.value; zoom.value = null; }}>
      <option value="step">step</option><option value="time">time</option>
      ${names.map(name => html`<option key=${name} value=${`key:${name}`}>${name}</option>`)}
    </select></label>
    <label>smoothing <input type="range" min="0" max="0.99" step="0.01" value=${smoothing.value} onInput=${event => { smoothing.value = Number(event.target.value); }} /><output>${smoothing.value.toFixed(2)}</output></label>
    <label><input type="checkbox" checked=${logY.value} onChange=${event => { logY.value = event.target.checked; }} /> log y</label>
    ${zoom.value && html`<button class="chip on" onClick=${() => { zoom.value = null; }}>reset zoom</button>`}
  </div>`;
}
