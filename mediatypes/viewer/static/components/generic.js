// Whatever has no component of its own: its facts, and a link to its file.
import { html } from "#mt/ui.js";
import { size, value } from "#mt/words.js";

export const layout = "wide";
const MOST = 8;

export function Download({ item }) {
  const name = item.path?.split("/").pop() ?? "file";
  return html`<a class="download" href=${item.url} download=${name}>↓ ${name} <span class="muted">${size(item.size ?? 0)}</span></a>`;
}

export function Facts({ facts }) {
  const rows = Object.entries(facts ?? {}).filter(([, one]) => one === null || typeof one !== "object").slice(0, MOST);
  if (!rows.length) return null;
  return html`<dl>${rows.map(([name, one]) => html`<div key=${name}><dt>${name.replaceAll("_", " ")}</dt><dd>${value(one)}</dd></div>`)}</dl>`;
}

export function Cell({ item }) {
  if (item.error) return html`<div class="card"><div class="broken">${item.error}</div></div>`;
  return html`<div class="card" data-sha=${item.sha256} data-step=${item.step}>
    ${item.caption && html`<p class="card-title">${item.caption}</p>`}
    ${item.value !== undefined ? html`<pre>${value(item.value).slice(0, 2000)}</pre>` : html`<${Facts} facts=${item.meta} /><${Download} item=${item} />`}
  </div>`;
}
