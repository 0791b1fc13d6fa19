// Pictures. What is shown always belongs together: the new picture is fetched and decoded
// aside, then picture, overlay, caption and badge change at once.
import { html, signal, useEffect, useRef, useState } from "#mt/ui.js";
import { identity, queue } from "#mt/load.js";
import { Overlay, classColour, classesOf, hasOverlay, loadMask, masksOf } from "#mt/overlay.js";
import { chosenIds, colour, light, nameOf, overlay, query } from "#mt/state.js";
import { whole } from "#mt/words.js";

export const all = true;
export const layout = "pictures";

const classes = signal(new Map()); // by key: id to name
const scored = signal(new Set()); // keys with scores

function learn(name, item) {
  if (!hasOverlay(item)) return;
  const known = classes.peek().get(name) ?? new Map();
  const found = classesOf(item);
  if ([...found.keys()].some(id => !known.has(id)) || !classes.peek().has(name)) classes.value = new Map(classes.peek()).set(name, new Map([...known, ...found]));
  const hasScores = Object.values(item.meta.boxes ?? {}).some(group => group.box_data?.some(box => Object.keys(box.scores ?? {}).length));
  if (hasScores && !scored.peek().has(name)) scored.value = new Set([...scored.peek(), name]);
}

const KEPT = 500; // pictures that are decoded and can be shown at once
const ready = new Map(); // by identity: the picture, which keeps what was decoded

async function load(item) {
  const picture = new Image();
  picture.decoding = "async";
  picture.src = item.thumb ?? item.url;
  await Promise.all([picture.decode(), ...masksOf(item).map(loadMask)]);
  ready.set(identity(item), picture);
  if (ready.size > KEPT) ready.delete(ready.keys().next().value);
  return picture.src;
}

/** Fetch the pictures of a step that may be wanted next; what it returns stops it. */
export function prepare(items) {
  const wanted = items.filter(item => !item.error && !ready.has(identity(item)));
  const stops = wanted.map(item => queue(() => load(item).catch(() => {}), true));
  return () => { for (const stop of stops) stop(); };
}

export const isPixelated = item => Math.max(item.meta?.width ?? 999, item.meta?.height ?? 999) <= 96;

export function Cell({ item, name, small }) {
  const latest = useRef(null);
  const [, set] = useState(null);
  const wanted = identity(item);
  if (latest.current?.wanted !== wanted && ready.has(wanted)) latest.current = { item, src: ready.get(wanted).src, wanted };
  const shown = latest.current;
  const isStale = shown?.wanted !== wanted;
  useEffect(() => {
    learn(name, item);
    if (latest.current?.wanted === wanted) return undefined;
    let gone = false;
    const show = src => {
      if (gone) return;
      latest.current = { item, src, wanted };
      set(wanted);
    };
    const cancel = queue(async () => {
      if (gone) return;
      try {
        show(await load(item));
      } catch {
        show(null);
      }
    });
    return () => { gone = true; cancel(); };
  }, [wanted]);
  if (item.error) return html`<figure class="cell"><div class="broken">${item.error}</div></figure>`;
  if (!shown) return html`<figure class="cell" aria-busy="true"><div class="hollow"></div><figcaption>…</figcaption></figure>`;
  const now = shown.item;
  const caption = now.caption ?? `#${now.index}`;
  const dim = query.value.startsWith("caption:") && !caption.includes(query.value.slice(8));
  const odd = now.source && (now.source.clipped || now.source.nonfinite || now.source.reasons);
  return html`<figure class="cell ${isStale ? "stale" : ""} ${dim ? "dim" : ""}" aria-busy=${isStale} data-sha=${now.sha256} data-step=${now.step} data-index=${now.index}>
    <button class="picture" onClick=${() => { light.value = now; }} aria-label=${`Open ${caption}`} style=${{ aspectRatio: now.meta?.width ? `${now.meta.width} / ${now.meta.height}` : "1" }}>
      ${shown.src ? html`<img src=${shown.src} alt=${caption} class=${isPixelated(now) ? "pixelated" : ""} draggable=${false} />` : html`<span class="broken">cannot be shown</span>`}
      ${/* a canvas of its own for each, so that none shows the mask of another */ shown.src && hasOverlay(now) && html`<${Overlay} key=${shown.wanted} item=${now} />`}
      ${odd && html`<span class="badge warn corner" title="Some values were clipped, not finite, or stored with a loss">⚠</span>`}
    </button>
    <figcaption title=${caption}>${small && chosenIds.value.length > 1 && html`<i class="dot" style=${{ background: colour(now.run) }} title=${nameOf(now.run)}></i> `}${small ? `${whole(now.step)} · ${caption}` : caption}</figcaption>
  </figure>`;
}

/** Classes, opacity, outline and score: one setting for all pictures on the page. */
export function Tools({ name }) {
  const found = classes.value.get(name);
  if (!found) return null;
  const look = overlay.value;
  const change = more => { overlay.value = { ...look, ...more }; };
  const toggle = word => {
    const hidden = new Set(look.hidden);
    if (!hidden.delete(word)) hidden.add(word);
    change({ hidden });
  };
  return html`<div class="overlaytools" role="group" aria-label="Overlays">
    <button class="chip ${look.shown ? "on" : ""}" aria-pressed=${look.shown} onClick=${() => change({ shown: !look.shown })} title="Show or hide (m)">overlays</button>
    ${look.shown && [...found].map(([id, word]) => html`<button key=${id} class="chip class ${look.hidden.has(word) ? "" : "on"}" aria-pressed=${!look.hidden.has(word)} onClick=${() => toggle(word)}><i style=${{ background: classColour(id) }}></i>${word}</button>`)}
    ${look.shown && html`<label>opacity <input type="range" min="0" max="1" step="0.05" value=${look.opacity} onInput=${event => change({ opacity: Number(event.target.value) })} /></label>
      <label><input type="checkbox" checked=${look.outline} onChange=${event => change({ outline: event.target.checked })} /> outline</label>
      ${scored.value.has(name) && html`<label>score ≥ ${look.score.toFixed(2)} <input type="range" min="0" max="1" step="0.01" value=${look.score} onInput=${event => change({ score: Number(event.target.value) })} /></label>`}`}
  </div>`;
}
