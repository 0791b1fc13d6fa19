// One item as large as you like: its own pixels, and the same sample of other runs.
import { html, useEffect, useMemo, useRef, useState } from "#mt/ui.js";
import { Overlay, hasOverlay } from "#mt/overlay.js";
import { difference, pixel, samplesOf } from "#mt/compare.js";
import { ask } from "#mt/items.js";
import { identity } from "#mt/load.js";
import { atOrBefore } from "#mt/packed.js";
import { chosen, colour, light, move, nameOf, step, stepsOf } from "#mt/state.js";
import { number, size, value, whole } from "#mt/words.js";
import { Download } from "#mt/components/generic.js";

const MODES = [["single", "single"], ["side", "side by side"], ["wipe", "wipe"], ["blink", "blink"], ["difference", "difference"]];
const BLINK_MILLISECONDS = 600;

/** The same sample of every chosen run, at the cursor; its own run's first. */
function usePeers(item) {
  const steps = stepsOf.value[item.key];
  const [peers, set] = useState([item]);
  const runs = chosen.value;
  useEffect(() => {
    if (!steps) return undefined;
    let gone = false;
    const wanted = runs.filter(run => steps[run.id]).map(async run => {
      const at = steps[run.id][atOrBefore(steps[run.id], step.value)];
      if (at === undefined) return null;
      const found = await ask(item.key, run.id, at, Math.max(48, item.index + 1));
      return found.items.find(one => one.index === item.index) ?? null;
    });
    Promise.all(wanted).then(found => {
      const known = found.filter(one => one?.url);
      const own = known.find(one => one.run === item.run) ?? item;
      if (!gone) set([own, ...known.filter(one => one.run !== item.run)]);
    }, () => {});
    return () => { gone = true; };
  }, [steps, step.value, item.key, item.index, item.run, runs.map(run => run.id).join()]);
  return peers;
}

function useSamples(item) {
  const [found, set] = useState(null);
  useEffect(() => {
    let gone = false;
    set(null);
    if (item?.url && item.mime !== "image/svg+xml") samplesOf(item).then(one => gone || set(one), () => {});
    return () => { gone = true; };
  }, [item?.url]);
  return found;
}

const isExact = zoom => zoom >= 1;

function Layer({ item, view, clip, onMove, children }) {
  const { width = 300, height = 200 } = item.meta ?? {};
  const style = { width: `${width * view.zoom}px`, height: `${height * view.zoom}px`, transform: `translate(${view.x}px, ${view.y}px)`, clipPath: clip };
  return html`<div class="layer" style=${style} onPointerMove=${onMove}>
    <img src=${item.url} alt=${item.caption ?? ""} class=${isExact(view.zoom) ? "pixelated" : ""} draggable=${false} data-sha=${item.sha256} />
    ${hasOverlay(item) && html`<${Overlay} key=${identity(item)} item=${item} zoom=${view.zoom} />`}${children}
  </div>`;
}

function Difference({ a, b, view }) {
  const canvas = useRef(null);
  const [left, right] = [useSamples(a), useSamples(b)];
  const found = useMemo(() => left && right && difference(left, right), [left, right]);
  useEffect(() => {
    if (!found || !canvas.current) return;
    canvas.current.width = found.image.width;
    canvas.current.height = found.image.height;
    canvas.current.getContext("2d").putImageData(found.image, 0, 0);
  }, [found]);
  if (left && right && !found) return html`<p class="empty">The two pictures differ in size.</p>`;
  const { width = 300, height = 200 } = a.meta;
  return html`<canvas ref=${canvas} class="layer pixelated" style=${{ width: `${width * view.zoom}px`, height: `${height * view.zoom}px`, transform: `translate(${view.x}px, ${view.y}px)` }} role="img" aria-label="Difference"></canvas>
    ${found && html`<p class="verdict">PSNR <b>${Number.isFinite(found.psnr) ? `${found.psnr.toFixed(2)} dB` : "∞, equal"}</b> · greatest difference ${number(found.most)} of ${whole(found.top)}${found.gain > 1 ? ` · shown × ${found.gain}` : ""}</p>`}`;
}

function Stage({ item, view, setView, children, onReadout }) {
  const ref = useRef(null);
  const drag = useRef(null);
  const onWheel = event => {
    event.preventDefault();
    const box = ref.current.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
    const zoom = Math.min(64, Math.max(0.05, view.zoom * Math.exp(-event.deltaY * 0.0015)));
    const by = zoom / view.zoom;
    setView({ zoom, x: x - (x - view.x) * by, y: y - (y - view.y) * by });
  };
  const onMove = event => {
    if (drag.current) setView({ ...view, x: view.x + event.movementX, y: view.y + event.movementY });
    const box = ref.current.getBoundingClientRect();
    const { width = 0, height = 0 } = item.meta ?? {};
    const x = Math.floor((event.clientX - box.left - box.width / 2 - view.x) / view.zoom + width / 2);
    const y = Math.floor((event.clientY - box.top - box.height / 2 - view.y) / view.zoom + height / 2);
    onReadout({ x, y });
  };
  return html`<div class="stage" ref=${ref} onWheel=${onWheel} onPointerMove=${onMove}
    onPointerDown=${event => { drag.current = true; event.currentTarget.setPointerCapture(event.pointerId); }}
    onPointerUp=${() => { drag.current = null; }} onPointerLeave=${() => onReadout(null)}>${children}</div>`;
}

const samplesAt = (samples, at) => {
  const found = at && pixel(samples, at.x, at.y);
  return found && html`<b>${found.join(", ")}</b>${samples.depth === 16 ? " of 65535" : ""}`;
};

/** The samples under the pointer: those of one picture, or of the first two. */
function Readout({ item, other, at }) {
  const [samples, others] = [useSamples(item), useSamples(other)];
  const found = samplesAt(samples, at);
  if (!found) return html`<span class="muted">point at a pixel</span>`;
  const second = other && samplesAt(others, at);
  return html`<span class="readout">(${at.x}, ${at.y}) = ${found}${second && html` and ${second}`}</span>`;
}

function About({ item }) {
  const source = item.source ?? {};
  const rows = {
    run: nameOf(item.run), key: item.key, step: whole(item.step), index: item.index,
    size: `${item.meta?.width} × ${item.meta?.height}, ${item.meta?.channels ?? "?"} channels`,
    "logged as": source.dtype ? `${source.dtype}, ${(source.shape ?? []).join(" × ")}` : null,
    range: source.range ? source.range.map(one => number(one)).join(" to ") : null,
    rule: source.rule, clipped: source.clipped, "not finite": source.nonfinite, reasons: source.reasons?.join("; "),
    file: `${item.mime}, ${size(item.size ?? 0)}`, id: item.id, sha256: item.sha256?.slice(0, 16),
    ...Object.fromEntries(Object.entries(item.meta?.user ?? {}).map(([name, one]) => [name, value(one)])),
  };
  const code = `mt.open_run("${item.run}").media(${JSON.stringify(item.key)})[${item.step}][${item.index}].to_numpy()`;
  return html`<aside class="about"><h2>${item.caption ?? `#${item.index}`}</h2>
    <dl>${Object.entries(rows).filter(([, one]) => one !== null && one !== undefined && one !== "" && one !== 0 || one === 0 && false).map(([name, one]) => html`<div key=${name}><dt>${name}</dt><dd>${one}</dd></div>`)}</dl>
    <${Download} item=${item} />
    <p class="muted">In Python</p><pre class="code" tabindex="0">${code}</pre></aside>`;
}

/** Keys of the lightbox: the same sample at another step, or another sample. */
function useKeys(item, setMode, reset, setZoom) {
  useEffect(() => {
    const onKey = event => {
      if (event.target.tagName === "INPUT") return;
      const actions = {
        ArrowLeft: () => move(-1), ArrowRight: () => move(1),
        j: () => { light.value = { ...item, index: item.index + 1 }; },
        k: () => { light.value = { ...item, index: Math.max(0, item.index - 1) }; },
        c: () => setMode(mode => MODES[(MODES.findIndex(([name]) => name === mode) + 1) % MODES.length][0]),
        0: reset, "+": () => setZoom(1.5), "-": () => setZoom(1 / 1.5), 1: () => setZoom(null),
      };
      if (!actions[event.key]) return;
      actions[event.key]();
      event.preventDefault();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [item]);
}

function fit(item, parts) {
  const [width, height] = [(innerWidth > 900 ? innerWidth - 340 : innerWidth) / parts - 40, innerHeight - 180];
  const zoom = Math.min(width / (item.meta?.width ?? 300), height / (item.meta?.height ?? 200));
  return { zoom: zoom > 1 ? Math.max(1, Math.floor(zoom)) : zoom, x: 0, y: 0 };
}

function Pictures({ mode, peers, view, setView, onReadout, wipe, blink }) {
  const [first, second] = peers;
  const stage = children => html`<${Stage} item=${first} view=${view} setView=${setView} onReadout=${onReadout}>${children}<//>`;
  if (mode === "side") return peers.slice(0, 4).map(peer => html`<div class="peer" key=${peer.run}><p><i class="dot" style=${{ background: colour(peer.run) }}></i>${nameOf(peer.run)} · step ${whole(peer.step)}</p><${Stage} item=${peer} view=${view} setView=${setView} onReadout=${onReadout}><${Layer} item=${peer} view=${view} /><//></div>`);
  if (mode === "difference" && second) return stage(html`<${Difference} a=${first} b=${second} view=${view} />`);
  if (mode === "wipe" && second) return stage([html`<${Layer} key="a" item=${first} view=${view} />`, html`<${Layer} key="b" item=${second} view=${view} clip=${`inset(0 0 0 ${wipe}%)`} />`]);
  return stage(html`<${Layer} item=${mode === "blink" && second && blink ? second : first} view=${view} />`);
}

export function Lightbox() {
  const item = light.value;
  const dialog = useRef(null);
  const [mode, setMode] = useState("single");
  const peers = usePeers(item);
  const parts = mode === "side" ? Math.min(4, peers.length) : 1;
  const [view, setView] = useState(() => fit(item, 1));
  const [at, setAt] = useState(null);
  const [wipe, setWipe] = useState(50);
  const [blink, setBlink] = useState(false);
  const current = peers[0];
  useEffect(() => { dialog.current.showModal(); }, []);
  useEffect(() => setView(fit(current, parts)), [parts, current.meta?.width, current.meta?.height]);
  useEffect(() => {
    if (mode !== "blink") return undefined;
    const timer = setInterval(() => setBlink(old => !old), BLINK_MILLISECONDS);
    return () => clearInterval(timer);
  }, [mode]);
  const zoomBy = by => setView(old => (by === null ? { zoom: 1, x: 0, y: 0 } : { zoom: old.zoom * by, x: old.x * by, y: old.y * by }));
  useKeys(current, setMode, () => setView(fit(current, parts)), zoomBy);
  return html`<dialog class="lightbox" ref=${dialog} onClose=${() => { light.value = null; }} aria-label=${item.caption ?? item.key}>
    <header><div class="tabs" role="group" aria-label="Compare">${MODES.filter(([name]) => name === "single" || peers.length > 1).map(([name, title]) => html`<button key=${name} class=${mode === name ? "on" : ""} aria-pressed=${mode === name} onClick=${() => setMode(name)}>${title}</button>`)}</div>
      ${mode !== "single" && mode !== "side" && peers[1] && html`<span class="muted">${nameOf(peers[0].run)} and ${nameOf(peers[1].run)}</span>`}
      ${mode === "wipe" && html`<input type="range" min="0" max="100" value=${wipe} aria-label="Wipe" onInput=${event => setWipe(Number(event.target.value))} />`}
      <span class="grow"></span><${Readout} item=${current} other=${mode === "single" ? null : peers[1]} at=${at} />
      <button class="chip" onClick=${() => zoomBy(null)} title="One screen pixel each (1)">1:1</button><button class="chip" onClick=${() => setView(fit(current, parts))} title="Fit (0)">fit</button><span class="muted zoom">${Math.round(view.zoom * 100)} %</span>
      <button class="icon" onClick=${() => dialog.current.close()} aria-label="Close" title="Close (Esc)">✕</button></header>
    <div class="lightbody"><div class="stages ${mode}"><${Pictures} mode=${mode} peers=${peers} view=${view} setView=${setView} onReadout=${setAt} wipe=${wipe} blink=${blink} /></div><${About} item=${current} /></div>
    <footer><button class="icon" onClick=${() => move(-1)} aria-label="One step back">‹</button><span>step ${whole(current.step)}${current.step === step.value ? "" : ` (cursor ${whole(step.value)})`}</span><button class="icon" onClick=${() => move(1)} aria-label="One step on">›</button></footer>
  </dialog>`;
}
