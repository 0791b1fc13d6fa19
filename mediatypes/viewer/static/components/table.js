// Tables: only the rows on screen are in the page; sorted and searched here.
import { html, useMemo, useRef, useState } from "#mt/ui.js";
import { bytes, useWhole } from "#mt/load.js";
import { number, plural } from "#mt/words.js";
import { Download, Facts } from "#mt/components/generic.js";

export const layout = "wide";
export const wide = true;
const ROW = 34;
const TALL = 64;
const HEIGHT = 420;
const FLOATS = { nan: NaN, inf: Infinity, "-inf": -Infinity };

const read = async address => JSON.parse(new TextDecoder().decode(await bytes(address)));

/** A cell as it is compared and searched: a number, a text, or null. */
function plain(cell) {
  if (cell === null || typeof cell !== "object") return cell;
  if ("$f" in cell) return FLOATS[cell.$f];
  if ("$i" in cell) return Number(cell.$i);
  return cell.$t ? cell.caption ?? cell.$t : JSON.stringify(cell);
}

function compare(a, b) {
  const rank = one => (one === null || Number.isNaN(one) ? 1 : 0);
  if (rank(a) || rank(b)) return rank(a) - rank(b);
  if (typeof a === "string" || typeof b === "string") return String(a).localeCompare(String(b), undefined, { numeric: true });
  return a - b;
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

function Sheet({ sheet, files }) {
  const [order, setOrder] = useState(null);
  const [text, setText] = useState("");
  const [top, setTop] = useState(0);
  const box = useRef(null);
  const rows = useMemo(() => {
    const wanted = text.toLowerCase();
    const found = wanted ? sheet.data.filter(row => row.some(cell => String(plain(cell)).toLowerCase().includes(wanted))) : [...sheet.data];
    if (order) found.sort((a, b) => (order.down ? -1 : 1) * compare(plain(a[order.at]), plain(b[order.at])));
    return found;
  }, [sheet, order, text]);
  const tall = files.size ? TALL : ROW;
  const first = Math.min(Math.max(0, Math.floor(top / tall) - 2), rows.length);
  const last = Math.min(rows.length, Math.ceil((top + HEIGHT) / tall) + 2);
  const gap = count => html`<tr aria-hidden="true" style=${{ height: `${count * tall}px` }}></tr>`;
  return html`<div class="sheet-head"><input type="search" placeholder="Find in the table" value=${text} onInput=${event => setText(event.target.value)} aria-label="Find in the table" /><span class="muted">${plural(rows.length, "row")}</span></div>
    <div class="tablebox sheet" ref=${box} tabindex="0" role="region" aria-label="Table" style=${{ maxHeight: `${HEIGHT}px` }} onScroll=${event => setTop(event.target.scrollTop)}>
      <table class="table" aria-rowcount=${rows.length}><thead><tr>${sheet.columns.map((name, at) => html`<${Head} key=${at} name=${name} type=${sheet.types?.[at]} at=${at} order=${order} setOrder=${setOrder} />`)}</tr></thead>
        <tbody>${gap(first)}${rows.slice(first, last).map((row, i) => html`<tr key=${first + i} style=${{ height: `${tall}px` }}>${row.map((cell, at) => html`<td key=${at} class=${typeof plain(cell) === "number" ? "number" : ""}><div><${Value} cell=${cell} files=${files} /></div></td>`)}</tr>`)}${gap(rows.length - last)}</tbody></table></div>`;
}

export function Cell({ item: wanted }) {
  const isJson = wanted.mime === "application/json";
  const { item, data, error, isStale } = useWhole(wanted, isJson ? wanted.url : null, read);
  const files = useMemo(() => new Map((item.parts ?? []).map(part => [part.name, part.url])), [item.url]);
  if (item.error || error) return html`<div class="card"><div class="broken">${item.error ?? error.message}</div></div>`;
  return html`<div class="card ${isStale ? "stale" : ""}" aria-busy=${isStale} data-sha=${item.sha256} data-step=${item.step}>
    ${item.caption && html`<p class="card-title">${item.caption}</p>`}
    ${isJson ? data && html`<${Sheet} sheet=${data} files=${files} />` : html`<${Facts} facts=${item.meta} />`}
    <${Download} item=${item} /></div>`;
}
