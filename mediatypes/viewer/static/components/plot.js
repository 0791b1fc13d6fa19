// Figures: the picture that was drawn, its vector form where there is one, and drawn anew
// from its description when asked to.
import { html, useEffect, useRef, useState } from "#mt/ui.js";
import { bytes, frameOf, useWhole } from "#mt/load.js";
import { meta } from "#mt/state.js";
import { Cell as Picture } from "#mt/components/image.js";
import { Download, Facts } from "#mt/components/generic.js";

export const layout = "figures";
const LIBRARY = /^application\/vnd\.(plotly|vega)/;
const MOST_AT_ONCE = 4; // figures without a picture that are drawn unasked
const MARGIN = 24;
const PACKAGES = { plotly: "plotly", vega: "vl-convert-python" };

const read = async address => new TextDecoder().decode(await bytes(address));

/** Where the description of a figure is, and which library draws it. */
function descriptionOf(item) {
  const found = [item, ...(item.parts ?? [])].find(file => LIBRARY.test(file.mime ?? ""));
  return found ? { url: found.url, library: LIBRARY.exec(found.mime)[1] } : null;
}

/** A frame that draws; what stands below it is of the figure that is in it. */
function Live({ item, found }) {
  const frame = useRef(null);
  const shown = useWhole(item, found.url, read);
  const [isReady, setReady] = useState(false);
  const [drawn, setDrawn] = useState(null);
  const [failed, setFailed] = useState(null);
  const sent = useRef({ number: 0, item: null });
  const [place] = useState(() => frameOf(found.library));
  useEffect(() => {
    const hear = event => {
      if (event.source !== frame.current?.contentWindow) return;
      const { kind, number, text } = event.data;
      if (kind === "ready") setReady(true);
      else if (number === sent.current.number) {
        setFailed(kind === "failed" ? text : null);
        setDrawn(sent.current.item);
      }
    };
    addEventListener("message", hear);
    return () => removeEventListener("message", hear);
  }, []);
  useEffect(() => {
    if (!isReady || !shown.data) return;
    sent.current = { number: sent.current.number + 1, item: shown.item };
    frame.current.contentWindow.postMessage({ number: sent.current.number, library: found.library, text: shown.data }, "*");
  }, [isReady, shown.item, shown.data]);
  const isStale = drawn !== shown.item || shown.isStale;
  const height = Math.max(320, Math.min(720, item.meta?.height ?? 420)) + MARGIN;
  const words = drawn?.caption ?? (drawn ? `#${drawn.index}` : "drawing…");
  return html`<figure class="cell ${isStale ? "stale" : ""}" aria-busy=${isStale} data-step=${drawn?.step} data-sha=${drawn?.sha256}>
    <iframe ref=${frame} ...${place} sandbox="allow-scripts" referrerpolicy="no-referrer" title=${`Figure ${words}`} style=${{ height: `${height}px` }}></iframe>
    ${(failed || shown.error) && html`<p class="broken">${failed ?? shown.error.message}</p>`}
    <figcaption>${words}</figcaption></figure>`;
}

/** A description that nothing here can draw. */
function Described({ item, found }) {
  return html`<div class="card" data-sha=${item.sha256} data-step=${item.step}>
    ${item.caption && html`<p class="card-title">${item.caption}</p>`}<${Facts} facts=${item.meta} />
    ${found && !meta.value?.figures?.[found.library] && html`<p class="muted">Drawn here where <code>${PACKAGES[found.library]}</code> is installed.</p>`}
    <${Download} item=${item} /></div>`;
}

export function Cell({ item, name, small }) {
  const [choice, setLive] = useState(null);
  if (item.error) return html`<figure class="cell"><div class="broken">${item.error}</div></figure>`;
  const found = descriptionOf(item);
  const canDraw = found && meta.value?.figures?.[found.library];
  const vector = (item.parts ?? []).find(part => part.mime === "image/svg+xml");
  const isPicture = item.mime?.startsWith("image/");
  const live = choice ?? (!isPicture && item.index < MOST_AT_ONCE);
  const shown = vector ? { ...item, thumb: vector.url } : item;
  const still = isPicture ? html`<${Picture} item=${shown} name=${name} small=${small} />` : html`<${Described} item=${item} found=${found} />`;
  return html`<div class="figure">
    ${live && canDraw ? html`<${Live} item=${item} found=${found} />` : still}
    ${canDraw && !small && html`<button class="chip draw ${live ? "on" : ""}" aria-pressed=${live} onClick=${() => setLive(!live)} title="Draw it from its description, in a frame without a network">interactive</button>`}
  </div>`;
}
