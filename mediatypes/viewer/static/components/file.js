// Files as they were given.
import { html } from "#mt/ui.js";
import { Download } from "#mt/components/generic.js";

export const layout = "wide";

export function Cell({ item }) {
  if (item.error) return html`<div class="card"><div class="broken">${item.error}</div></div>`;
  return html`<div class="card" data-sha=${item.sha256} data-step=${item.step}>
    <p class="card-title">${item.meta?.name ?? item.path?.split("/").pop()} <span class="muted">${item.mime}</span></p>
    ${item.caption && html`<p>${item.caption}</p>`}<${Download} item=${item} />
  </div>`;
}
