// Arrays: shape, numbers in short, and a small picture of the last two axes.
import { html, useEffect, useRef } from "#mt/ui.js";
import { json, useWhole } from "#mt/load.js";
import { unpack } from "#mt/packed.js";
import { number } from "#mt/words.js";
import { paintBytes } from "#mt/components/audio.js";
import { Download } from "#mt/components/generic.js";

export const layout = "wide";

function Plane({ look }) {
  const canvas = useRef(null);
  useEffect(() => {
    const plane = unpack(look.plane);
    const [low, high] = [look.min, look.max];
    const bytes = Uint8Array.from(plane, one => (Number.isFinite(one) ? 255 * Math.min(1, Math.max(0, (one - low) / (high - low || 1))) : 0));
    paintBytes(canvas.current, bytes, look.width, look.height, i => Number.isFinite(plane[i]));
  }, [look]);
  return html`<canvas ref=${canvas} class="plane pixelated" role="img" aria-label="The array as a picture" style=${{ aspectRatio: `${look.width} / ${look.height}` }}></canvas>`;
}

const RAMP = Uint8Array.from({ length: 256 }, (_, i) => i);

/** Which colour stands for which number. */
function Scale({ look }) {
  const canvas = useRef(null);
  useEffect(() => paintBytes(canvas.current, RAMP, RAMP.length, 1), []);
  return html`<div class="scale"><span>${number(look.min)}</span><canvas ref=${canvas} role="img" aria-label="Colours from the least to the greatest"></canvas><span>${number(look.max)}</span></div>`;
}

export function Cell({ item: wanted }) {
  const { item, data, error, isStale } = useWhole(wanted, wanted.preview, json);
  if (item.error || error) return html`<div class="card"><div class="broken">${item.error ?? error.message}</div></div>`;
  const names = ["min", "mean", "max", "std"].filter(name => data?.[name] !== undefined);
  return html`<div class="card arraycard ${isStale ? "stale" : ""}" aria-busy=${isStale} data-sha=${item.sha256} data-step=${item.step}>
    ${data?.plane && html`<div><${Plane} look=${data} />${data.max > data.min && html`<${Scale} look=${data} />`}</div>`}
    <div><p class="shape">${(item.meta?.shape ?? []).join(" × ") || "scalar"} <span class="muted">${data?.dtype ?? item.meta?.dtype}</span></p>
      ${item.caption && html`<p>${item.caption}</p>`}
      <dl>${names.map(name => html`<div key=${name}><dt>${name}</dt><dd>${number(data[name])}</dd></div>`)}${data?.nonfinite > 0 && html`<div><dt>not finite</dt><dd>${data.nonfinite}</dd></div>`}</dl>
      <${Download} item=${item} /></div>
  </div>`;
}
