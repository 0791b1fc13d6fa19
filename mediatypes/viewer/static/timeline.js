// A contact sheet: a column for each step, only those on screen in the page.
import { html, useEffect, useRef, useState, useWidth } from "#mt/ui.js";
import { RunName, useItems } from "#mt/items.js";
import { chosen, cursor, newest, step } from "#mt/state.js";
import { atOrBefore } from "#mt/packed.js";
import { plural, whole } from "#mt/words.js";

const CELL = 132;
const TALL = 148;
const HEAD = 26;
const MOST_ROWS = 6;
const FAST = 700; // pixels between two frames: too fast to look at anything

function Column({ name, run, at, part, rows, fast }) {
  const found = useItems(name, run.id, fast ? null : at, rows);
  const items = found?.step === at ? found.items : [];
  return Array.from({ length: Math.min(rows, items.length || rows) }, (_, i) => html`<div key=${i} class="tilecell" style=${{ height: `${TALL}px` }}>${items[i] ? html`<${part.Cell} item=${items[i]} run=${run} name=${name} />` : html`<div class="hollow"></div>`}</div>`);
}

function Strip({ name, run, steps, part, rows }) {
  const ref = useRef(null);
  const width = useWidth(ref, 600);
  const [left, setLeft] = useState(0);
  const [fast, setFast] = useState(false);
  const scroll = useRef({ last: 0, timer: 0 });
  const here = atOrBefore(steps, step.value);
  useEffect(() => { // the step of the cursor is brought to the screen
    const box = ref.current;
    if (!box || here < 0) return;
    const x = here * CELL;
    if (x < box.scrollLeft || x + CELL > box.scrollLeft + box.clientWidth) box.scrollLeft = x - box.clientWidth / 2 + CELL / 2;
  }, [here]);
  useEffect(() => () => clearTimeout(scroll.current.timer), []);
  const onScroll = event => {
    const now = event.target.scrollLeft;
    const jump = Math.abs(now - scroll.current.last) > FAST;
    scroll.current.last = now;
    setLeft(now);
    clearTimeout(scroll.current.timer);
    setFast(jump);
    if (jump) scroll.current.timer = setTimeout(() => setFast(false), 90);
  };
  const first = Math.max(0, Math.floor(left / CELL));
  const last = Math.min(steps.length, Math.ceil((left + width) / CELL));
  const columns = [];
  for (let i = first; i < last; i++) {
    const at = steps[i];
    columns.push(html`<div key=${at} class="tile ${i === here ? "on" : ""}" style=${{ left: `${i * CELL}px`, width: `${CELL - 8}px` }} data-step=${at}>
      <button class="tilehead" aria-pressed=${i === here} title="Go to that step" onClick=${() => { cursor.value = at === newest.peek() ? null : at; }}>${whole(at)}</button>
      <${Column} name=${name} run=${run} at=${at} part=${part} rows=${rows} fast=${fast} /></div>`);
  }
  return html`<section class="runrow" data-run=${run.id} aria-label=${run.name}><header><${RunName} run=${run} /><span class="muted">${plural(steps.length, "step")}</span></header>
    <div class="strip" ref=${ref} tabindex="0" role="region" aria-label=${`Steps of ${run.name}`} style=${{ height: `${HEAD + rows * TALL + 14}px` }} onScroll=${onScroll}><div style=${{ width: `${steps.length * CELL}px` }}>${columns}</div></div></section>`;
}

export function Timeline({ name, steps, part, facts }) {
  const runs = chosen.value.filter(run => steps[run.id]?.length);
  if (!runs.length) return html`<p class="empty">None of the chosen runs has logged this.</p>`;
  const rowsOf = run => Math.max(1, Math.min(MOST_ROWS, Math.ceil((facts.runs[run.id]?.items ?? 1) / Math.max(1, steps[run.id].length))));
  return html`<div class="byrun">${runs.map(run => html`<${Strip} key=${run.id} name=${name} run=${run} steps=${steps[run.id]} part=${part} rows=${rowsOf(run)} />`)}</div>`;
}
