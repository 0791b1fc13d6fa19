// Figures: the picture that was drawn, or its vector form where there is one.
import { html } from "#mt/ui.js";
import { Cell as Picture } from "#mt/components/image.js";

export const layout = "figures";

export function Cell({ item, name, small }) {
  const vector = (item.parts ?? []).find(part => part.mime === "image/svg+xml");
  const shown = vector ? { ...item, thumb: vector.url } : item;
  return html`<${Picture} item=${shown} name=${name} small=${small} />`;
}
