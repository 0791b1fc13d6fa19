// A panel of media: for each run the items of the latest step at or before the cursor.
import { html, signal, useEffect, useRef, useSeen, useState } from "#mt/ui.js";
import { get } from "#mt/load.js";
import { atOrBefore } from "#mt/packed.js";
import { chosen, chosenIds, colour, revisions, step, stepsOf } from "#mt/state.js";
import { plural, whole } from "#mt/words.js";
import { All } from "#mt/all.js";

const KEPT = 400;
const MOST = 48;
const FEW = 3; // pictures that have room to be larger
const kinds = signal(new Set());
const loaded = new Map();
const answers = new Map();

export const setComponents = names => { kinds.value = new Set(names); };

/** The component of a kind: its own module, or the one that shows any file. */
export function component(kind) {
  const name = kinds.value.has(kind) ? kind : "generic";
  if (!loaded.has(name)) loaded.set(name, import(`#mt/components/${name}.js`));
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

function remember(wanted, answer) {
  answers.delete(wanted);
  answers.set(wanted, answer);
  if (answers.size > KEPT) answers.delete(answers.keys().next().value);
  return answer;
}

export function ask(name, id, at, limit) {
  const wanted = JSON.stringify([name, id, at, limit, revisions.peek()[id]]);
  const known = answers.get(wanted);
  if (known) return known;
  const asked = get("media", { key: name, run: id, at, limit }).then(found => {
    const answer = found.runs[id] ?? { step: null, total: 0, items: [] };
    remember(wanted, answer);
    return answer;
  });
  asked.catch(() => answers.delete(wanted));
  return remember(wanted, asked);
}

/** Items of one run at one step; the old ones stay until the new ones are there. */
export function useItems(name, id, at, limit = MOST) {
  const [shown, set] = useState(null);
  const wanted = at === null ? null : ask(name, id, at, limit);
  const isThere = wanted && !(wanted instanceof Promise);
  useEffect(() => {
    if (at === null) { set(null); return undefined; }
    let gone = false;
    Promise.resolve(wanted).then(found => gone || set(found), error => gone || set({ error }));
    return () => { gone = true; };
  }, [wanted]);
  return isThere ? wanted : shown;
}

export function StepBadge({ at, wanted }) {
  if (at === null) return html`<span class="badge none">nothing yet</span>`;
  const exact = at === wanted;
  return html`<span class="badge ${exact ? "" : "off"}" title=${exact ? "Logged at this very step" : `The latest at or before step ${wanted}`}>${exact ? "" : "≤ "}step ${whole(at)}</span>`;
}

export function RunName({ run }) {
  return html`<span class="runname"><i class="dot" style=${{ background: colour(run.id) }}></i>${run.name}</span>`;
}

function RunRow({ run, name, steps, part }) {
  const position = atOrBefore(steps ?? [], step.value);
  const at = position < 0 ? null : steps[position];
  const [limit, setLimit] = useState(part.most ?? MOST);
  const found = useItems(name, run.id, at, limit);
  const items = at === null ? [] : found?.items ?? [];
  const isBehind = found && found.step !== at;
  return html`<section class="runrow" aria-label=${run.name} data-run=${run.id} data-step=${at}>
    <header><${RunName} run=${run} /><${StepBadge} at=${at} wanted=${step.value} />${found?.total > items.length && at !== null && html`<button class="link" onClick=${() => setLimit(Math.min(1000, limit * 4))}>${plural(found.total - items.length, "more item")}</button>`}</header>
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
  const [layout, setLayout] = useState("run");
  const ids = new Set(chosenIds.value);
  const counts = Object.entries(facts.runs).filter(([id]) => ids.has(id)).map(([, one]) => one);
  const total = counts.reduce((sum, one) => sum + one.items, 0);
  const odd = counts.reduce((sum, one) => sum + one.odd, 0);
  const Whole = part?.Panel ?? ByRun;
  return html`<article class="panel" ref=${outer} data-key=${name} data-kind=${kind}>
    <header class="panel-head"><h3>${name}</h3><span class="kind">${kind}</span><span class="muted">${plural(total, "item")}</span>
      ${odd > 0 && html`<span class="badge warn" title="Values were clipped, not finite, or stored with a loss; see each item">⚠ ${whole(odd)} odd</span>`}
      <span class="grow"></span>
      ${part?.all && html`<div class="tabs" role="group" aria-label="Layout">${[["run", "by run"], ["sample", "by sample"], ["all", "all steps"]].map(([word, title]) => html`<button key=${word} class=${layout === word ? "on" : ""} aria-pressed=${layout === word} onClick=${() => setLayout(word)}>${title}</button>`)}</div>`}
      ${part?.Tools && html`<${part.Tools} name=${name} />`}
    </header>
    ${seen && part && steps ? (layout === "all" ? html`<${All} name=${name} part=${part} />` : html`<${Whole} name=${name} steps=${steps} part=${part} facts=${facts} layout=${layout} />`) : html`<div class="waiting" aria-busy="true"></div>`}
  </article>`;
}
