// A panel of media: for each run the items of the latest step at or before the cursor.
import { html, signal, useEffect, useRef, useSeen, useState } from "#mt/ui.js";
import { MOST, RunName, StepBadge, ask, useItems } from "#mt/items.js";
import { later } from "#mt/load.js";
import { atOrBefore } from "#mt/packed.js";
import { chosen, chosenIds, layouts, step, stepsOf } from "#mt/state.js";
import { plural, whole } from "#mt/words.js";
import { All } from "#mt/all.js";
import { Timeline } from "#mt/timeline.js";

const PAUSE = 100; // milliseconds
const FEW = 3; // pictures that have room to be larger
const kinds = signal(new Set());
const loaded = new Map();

export const setComponents = names => { kinds.value = new Set(names); };

/** The component of a kind: its own module, or the one that shows any file. */
export function component(kind) {
  const name = kinds.value.has(kind) ? kind : "generic";
  if (!loaded.has(name)) loaded.set(name, later(`#mt/components/${name}.js`));
  return loaded.get(name);
}

export function useComponent(kind) {
  const [found, set] = useState(null);
  useEffect(() => {
    let gone = false;
    component(kind).then(module => gone || set(module), () => component("generic").then(module => gone || set(module)));
    return () => { gone = true; };
  }, [kind]);
  return found;
}

/** Once a step has been looked at for a moment, fetch those before and after it. */
function useNeighbours(name, id, steps, position, limit, prepare, isThere) {
  useEffect(() => {
    if (!prepare || !isThere || position < 0) return undefined;
    const stops = [];
    let gone = false;
    const timer = setTimeout(async () => {
      for (const at of [steps[position + 1], steps[position - 1]]) {
        if (at === undefined) continue;
        const found = await Promise.resolve(ask(name, id, at, limit)).catch(() => null);
        if (gone) return;
        stops.push(prepare(found?.items ?? []));
      }
    }, PAUSE);
    return () => { gone = true; clearTimeout(timer); for (const stop of stops) stop(); };
  }, [name, id, steps[position], limit, isThere]);
}

function RunRow({ run, name, steps, part }) {
  const position = atOrBefore(steps ?? [], step.value);
  const at = position < 0 ? null : steps[position];
  const [limit, setLimit] = useState(part.most ?? MOST);
  const found = useItems(name, run.id, at, limit);
  const items = at === null ? [] : found?.items ?? [];
  useNeighbours(name, run.id, steps ?? [], position, limit, part.prepare, found?.step === at);
  const isBehind = found && !found.error && found.step !== at;
  const is = isBehind && at !== null ? found.step ?? at : at; // what is shown while the next is fetched
  return html`<section class="runrow" aria-label=${run.name} data-run=${run.id} data-step=${is}>
    <header><${RunName} run=${run} /><${StepBadge} at=${is} wanted=${step.value} />${found?.total > items.length && at !== null && html`<button class="link" onClick=${() => setLimit(Math.min(1000, limit * 4))}>${plural(found.total - items.length, "more item")}</button>`}</header>
    ${found?.error && html`<p class="empty">${found.error.message}</p>`}
    <div class="items ${part.layout ?? "cards"} ${items.length <= FEW ? "few" : ""}" aria-busy=${Boolean(isBehind)}>
      ${items.map((item, i) => html`<${part.Cell} key=${i} item=${item} run=${run} name=${name} />`)}
    </div>
  </section>`;
}

function ByRun({ name, steps, part, layout }) {
  const rows = chosen.value.filter(run => steps[run.id]);
  if (!rows.length) return html`<p class="empty">None of the chosen runs has logged this.</p>`;
  const bySample = layout === "sample";
  const columns = bySample ? { gridTemplateColumns: `repeat(${rows.length}, minmax(110px, 260px))` } : {};
  return html`<div class="byrun ${bySample ? "samples" : rows.length > 1 && !part.wide ? "many" : ""}" style=${columns}>${rows.map(run => html`<${RunRow} key=${run.id} run=${run} name=${name} steps=${steps[run.id]} part=${part} />`)}</div>`;
}

export function Panel({ name, kind, facts }) {
  const outer = useRef(null);
  const seen = useSeen(outer);
  const part = useComponent(kind);
  const steps = stepsOf.value[name];
  const layout = layouts.value.get(name) ?? "run";
  const setLayout = word => { layouts.value = new Map(layouts.peek()).set(name, word); };
  const ids = new Set(chosenIds.value);
  const counts = Object.entries(facts.runs).filter(([id]) => ids.has(id)).map(([, one]) => one);
  const total = counts.reduce((sum, one) => sum + one.items, 0);
  const odd = counts.reduce((sum, one) => sum + one.odd, 0);
  const Whole = part?.Panel ?? (part?.all && layout === "timeline" ? Timeline : ByRun);
  return html`<article class="panel" ref=${outer} data-key=${name} data-kind=${kind}>
    <header class="panel-head"><h3>${name}</h3><span class="kind">${kind}</span><span class="muted">${plural(total, "item")}</span>
      ${odd > 0 && html`<span class="badge warn" title="Values were clipped, not finite, or stored with a loss; see each item">⚠ ${whole(odd)} odd</span>`}
      <span class="grow"></span>
      ${part?.all && html`<div class="tabs" role="group" aria-label="Layout">${[["run", "by run"], ["sample", "by sample"], ["timeline", "timeline"], ["all", "all steps"]].map(([word, title]) => html`<button key=${word} class=${layout === word ? "on" : ""} aria-pressed=${layout === word} onClick=${() => setLayout(word)}>${title}</button>`)}</div>`}
      ${part?.Tools && html`<${part.Tools} name=${name} />`}
    </header>
    ${seen && part && steps ? (layout === "all" ? html`<${All} key=${chosenIds.value.join("\n")} name=${name} part=${part} />` : html`<${Whole} name=${name} steps=${steps} part=${part} facts=${facts} layout=${layout} />`) : html`<div class="waiting" aria-busy="true"></div>`}
  </article>`;
}
