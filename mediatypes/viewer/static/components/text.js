// Plain text, as it was logged.
import { html, useState } from "#mt/ui.js";
import { bytes, useWhole } from "#mt/load.js";
import { plural } from "#mt/words.js";
import { Download } from "#mt/components/generic.js";

export const layout = "wide";
const MOST = 20000;

export const readText = async address => new TextDecoder().decode(await bytes(address));

export function Cell({ item: wanted }) {
  const { item, data, error, isStale } = useWhole(wanted, wanted.url, readText);
  const [whole, setWhole] = useState(false);
  if (item.error || error) return html`<div class="card"><div class="broken">${item.error ?? error.message}</div></div>`;
  const text = data ?? "";
  const cut = !whole && text.length > MOST;
  return html`<div class="card ${isStale ? "stale" : ""}" aria-busy=${isStale} data-sha=${item.sha256} data-step=${item.step}>
    ${item.caption && html`<p class="card-title">${item.caption}</p>`}
    <pre class="text">${cut ? text.slice(0, MOST) : text}</pre>
    ${cut && html`<button class="link" onClick=${() => setWhole(true)}>${plural(text.length - MOST, "more character")}</button>`}
    ${item.size > MOST && html`<${Download} item=${item} />`}
  </div>`;
}
