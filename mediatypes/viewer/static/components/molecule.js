// Molecules: the small picture at once, balls and sticks when the atoms are there.
import { html } from "#mt/ui.js";
import { bytes } from "#mt/load.js";
import { scene } from "#mt/molecules.js";
import { plural } from "#mt/words.js";
import { Download } from "#mt/components/generic.js";
import { Turning } from "#mt/components/object3d.js";

export const layout = "figures";

async function load(item) {
  const part = item.parts?.find(one => one.name === "atoms");
  if (!part) throw new Error("the record does not say where the atoms are");
  return scene(JSON.parse(new TextDecoder().decode(await bytes(part.url))));
}

export function Cell({ item }) {
  if (item.error) return html`<div class="card"><div class="broken">${item.error}</div></div>`;
  const { atoms = 0, bonds, formula, smiles } = item.meta ?? {};
  const facts = [plural(atoms, "atom"), bonds !== undefined && plural(bonds, "bond"), formula].filter(Boolean);
  const name = item.caption ?? smiles ?? `#${item.index}`;
  return html`<figure class="cell" data-sha=${item.sha256} data-step=${item.step}>
    <${Turning} item=${item} label=${`${name}, ${facts.join(", ")}`} load=${load} />
    <figcaption title=${smiles}>${name} · ${facts.join(" · ")}</figcaption>
    <${Download} item=${item} />
  </figure>`;
}
