// Point clouds and meshes: the small picture at once, the shape itself when it is there.
import { html, useEffect, useState } from "#mt/ui.js";
import { bytes } from "#mt/load.js";
import { marks, read } from "#mt/shapes.js";
import { Space } from "#mt/space.js";
import { plural, size } from "#mt/words.js";
import { Download } from "#mt/components/generic.js";

export const layout = "figures";
const AT_ONCE = 4_000_000; // bytes; a larger file is fetched when somebody asks

async function load(item) {
  const part = name => item.parts?.find(one => one.name === name);
  const beside = name => part(`files/${name}`) ? bytes(part(`files/${name}`).url) : Promise.reject(new Error(`${name} is missing`));
  const scene = await read(item.mime, await bytes(item.url), beside);
  const extra = part("scene") ? JSON.parse(new TextDecoder().decode(await bytes(part("scene").url))) : {};
  return { ...scene, lines: marks(extra) };
}

/** A picture that becomes a scene; another item, another scene. */
export function Turning({ item, label, load: make }) {
  const [wanted, want] = useState(false);
  const [shown, set] = useState({});
  const isWanted = wanted || item.size <= AT_ONCE;
  useEffect(() => {
    if (!isWanted) return undefined;
    let gone = false;
    make(item).then(scene => gone || set({ scene, of: item.url }), error => gone || set({ error, of: item.url }));
    return () => { gone = true; };
  }, [item.url, isWanted]);
  const poster = item.parts?.find(one => one.name === "picture")?.url;
  if (shown.scene && shown.of === item.url) return html`<${Space} scene=${shown.scene} label=${label} />${shown.scene.notes?.map(note => html`<p class="muted" key=${note}>${note}</p>`)}`;
  const failed = shown.error && shown.of === item.url;
  return html`${poster && html`<button class="space-poster" disabled=${isWanted} onClick=${() => want(true)} aria-label=${isWanted ? label : `Turn ${label}`}><img src=${poster} alt=${label} />${!isWanted && html`<b>turn it · ${size(item.size)}</b>`}</button>`}
    ${failed && html`<p class="muted">It cannot be turned here: ${shown.error.message}.</p>`}`;
}

export function Cell({ item }) {
  if (item.error) return html`<div class="card"><div class="broken">${item.error}</div></div>`;
  const { vertices = 0, faces = 0, boxes = 0, vectors = 0 } = item.meta ?? {};
  const facts = [faces ? `${plural(faces, "face")}` : plural(vertices, "point"), boxes && plural(boxes, boxes === 1 ? "box" : "boxe"), vectors && plural(vectors, "vector")].filter(Boolean);
  const name = item.caption ?? `#${item.index}`;
  return html`<figure class="cell" data-sha=${item.sha256} data-step=${item.step}>
    <${Turning} item=${item} label=${`${name}, ${facts.join(", ")}`} load=${load} />
    <figcaption>${name} · ${facts.join(" · ")}</figcaption>
    <${Download} item=${item} />
  </figure>`;
}
