// Tables: only the rows on screen are in the page, and of a large one only those are read.
import { html, useEffect, useMemo, useState } from "#mt/ui.js";
import { bytes, useWhole } from "#mt/load.js";
import { Rows, beginning, plain, thread } from "#mt/sheet.js";
import { number, plural } from "#mt/words.js";
import { Download, Facts } from "#mt/components/generic.js";

export const layout = "wide";
export const wide = true;
const ROW = 34;
const TALL = 64;
const HEIGHT = 420;
const MARGIN = 8; // rows above and below the screen
const HEAD = 256 * 1024;
const HIGHEST = 8_000_000; // pixels; browsers cut off what is much higher

/** A small table, or the beginning of a large one. */
async function read(address) {
  const file = await bytes(address, HEAD);
  const text = new TextDecoder().decode(file, { stream: true });
  if (file.byteLength < HEAD) return { ...JSON.parse(text), isWhole: true };
  return { ...beginning(text), address, isWhole: false };
}

function Value({ cell, files }) {
  const address = cell?.file && files.get(cell.file);
  if (address && cell.mime?.startsWith("image/")) return html`<img src=${address} alt=${cell.caption ?? ""} title=${cell.caption ?? ""} loading="lazy" />`;
  if (address && cell.mime?.startsWith("audio/")) return html`<audio controls preload="none" src=${address}></audio>`;
  const found = plain(cell);
  if (found === null || found === undefined) return html`<span class="muted">–</span>`;
  if (typeof found === "number") return number(found, 6);
  return String(found).slice(0, 500);
}

function Head({ name, type, at, order, setOrder }) {
  const is = order?.at === at;
  return html`<th aria-sort=${is ? (order.down ? "descending" : "ascending") : null} title=${type}><button onClick=${() => setOrder(is && order.down ? null : { at, down: is })}>${name}<span class="arrow">${is ? (order.down ? "↓" : "↑") : ""}</span></button></th>`;
}

/** What answers for all rows; null while nobody asks for more than the first of many. */
function useRows(sheet, isAsked) {
  const [state, set] = useState({ sheet: null, rows: null, error: null });
  useEffect(() => {
    if (sheet.isWhole) {
      const rows = new Rows(sheet.data);
      set({ sheet, rows: { cut: async wish => rows.cut(wish) }, error: null });
      return undefined;
    }
    if (!isAsked) return undefined;
    let gone = false;
    let made = null;
    bytes(sheet.address).then(
      file => { if (!gone) set({ sheet, rows: made = thread(file), error: null }); },
      error => { if (!gone) set({ sheet, rows: null, error }); },
    );
    return () => { gone = true; made?.end(); };
  }, [sheet, isAsked]);
  return state.sheet === sheet ? state : { rows: null, error: null };
}

/** The rows that were wished for; those before them until they are there. */
function useCut(sheet, total, wish) {
  const isMore = Boolean(wish.text || wish.order || wish.last > sheet.data.length);
  const [asked, ask] = useState(null);
  useEffect(() => { if (isMore) ask(sheet); }, [sheet, isMore]);
  const { rows, error } = useRows(sheet, asked === sheet);
  const [state, set] = useState({ sheet: null, answer: null, wish: "", error: null });
  const wanted = JSON.stringify(wish);
  useEffect(() => {
    if (!rows) return undefined;
    let gone = false;
    rows.cut(wish).then(
      answer => gone || set({ sheet, answer, wish: wanted, error: null }),
      error => gone || set({ sheet, answer: null, wish: wanted, error }),
    );
    return () => { gone = true; };
  }, [rows, wanted]);
  if (state.sheet === sheet && state.answer) return { ...state.answer, isBusy: state.wish !== wanted, error };
  const rest = { count: total, first: wish.first, rows: sheet.data.slice(wish.first, wish.last) };
  return { ...rest, isBusy: isMore, error: error ?? (state.sheet === sheet ? state.error : null) };
}

function Sheet({ sheet, total, files }) {
  const [order, setOrder] = useState(null);
  const [text, setText] = useState("");
  const [top, setTop] = useState(0);
  const [known, setKnown] = useState(total);
  const tall = files.size ? TALL : ROW;
  const height = Math.min(known * tall, HIGHEST);
  const isScaled = known * tall > HIGHEST;
  const at = isScaled ? (top / (height - HEIGHT)) * (known - HEIGHT / tall) : top / tall; // the row at the upper edge
  const first = Math.min(Math.max(0, Math.floor(at) - MARGIN), known);
  const last = Math.min(known, Math.ceil(at + HEIGHT / tall) + MARGIN);
  const found = useCut(sheet, total, { text, order, first, last });
  useEffect(() => setKnown(found.count), [found.count]);
  const above = isScaled ? Math.max(0, top - (at - found.first) * tall) : found.first * tall;
  const gap = pixels => html`<tr aria-hidden="true" style=${{ height: `${Math.max(0, pixels)}px` }}></tr>`;
  return html`<div class="sheet-head"><input type="search" placeholder="Find in the table" value=${text} onInput=${event => setText(event.target.value)} aria-label="Find in the table" /><span class="muted">${plural(found.count, "row")}${found.isBusy ? ", reading …" : ""}</span></div>
    ${found.error && html`<div class="broken">${found.error.message}</div>`}
    <div class="tablebox sheet" tabindex="0" role="region" aria-label="Table" aria-busy=${found.isBusy} style=${{ maxHeight: `${HEIGHT}px` }} onScroll=${event => setTop(event.target.scrollTop)}>
      <table class="table" aria-rowcount=${found.count}><thead><tr>${sheet.columns.map((name, at) => html`<${Head} key=${at} name=${name} type=${sheet.types?.[at]} at=${at} order=${order} setOrder=${setOrder} />`)}</tr></thead>
        <tbody>${gap(above)}${found.rows.map((row, i) => html`<tr key=${found.first + i} style=${{ height: `${tall}px` }}>${row.map((cell, at) => html`<td key=${at} class=${typeof plain(cell) === "number" ? "number" : ""}><div><${Value} cell=${cell} files=${files} /></div></td>`)}</tr>`)}${gap(height - above - found.rows.length * tall)}</tbody></table></div>`;
}

export function Cell({ item: wanted }) {
  const isJson = wanted.mime === "application/json";
  const { item, data, error, isStale } = useWhole(wanted, isJson ? wanted.url : null, read);
  const files = useMemo(() => new Map((item.parts ?? []).map(part => [part.name, part.url])), [item.url]);
  if (item.error || error) return html`<div class="card"><div class="broken">${item.error ?? error.message}</div></div>`;
  return html`<div class="card ${isStale ? "stale" : ""}" aria-busy=${isStale} data-sha=${item.sha256} data-step=${item.step}>
    ${item.caption && html`<p class="card-title">${item.caption}</p>`}
    ${isJson ? data && html`<${Sheet} sheet=${data} total=${data.isWhole ? data.data.length : item.meta.rows} files=${files} />` : html`<${Facts} facts=${item.meta} />`}
    <${Download} item=${item} /></div>`;
}
