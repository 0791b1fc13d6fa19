// Logged HTML: inert until clicked, then in a frame that can reach nothing.
import { html, useEffect, useState } from "#mt/ui.js";
import { size } from "#mt/words.js";
import { Download } from "#mt/components/generic.js";

export const layout = "wide";

export function Cell({ item }) {
  const [open, setOpen] = useState(null);
  useEffect(() => { if (open && open !== item.url) setOpen(item.url); }, [item.url]);
  if (item.error) return html`<div class="card"><div class="broken">${item.error}</div></div>`;
  const title = item.caption ?? `HTML of step ${item.step}`;
  return html`<div class="card htmlcard" data-sha=${item.sha256} data-step=${item.step}>
    <p class="card-title">${title} <span class="muted">${size(item.size)}</span></p>
    ${open
      ? html`<iframe key=${item.url} src=${item.url} sandbox="allow-scripts" referrerpolicy="no-referrer" loading="lazy" title=${title}></iframe>`
      : html`<button class="inert" onClick=${() => setOpen(item.url)}><b>Show this page</b><span>Its scripts run in a sandbox: no network, no access to this dashboard.</span></button>`}
    <${Download} item=${item} />
  </div>`;
}
