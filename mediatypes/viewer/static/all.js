// All items of a key in one scroll: only what is on screen is in the page.
import { html, useLayoutEffect, useRef, useState, useWidth } from "#mt/ui.js";
import { get } from "#mt/load.js";
import { chosenIds, revisions } from "#mt/state.js";
import { plural } from "#mt/words.js";

const CELL = 148;
const ROW = 176;
const HEIGHT = 560;
const PAGE = 50;
const FAST = 900; // pixels between two frames: too fast to look at anything

/** It belongs to the runs that are chosen now: give it another key when others are. */
export function All({ name, part }) {
  const ref = useRef(null);
  const width = useWidth(ref, 600);
  const [top, setTop] = useState(0);
  const [fast, setFast] = useState(false);
  const [pages, setPages] = useState(new Map());
  const [total, setTotal] = useState(null);
  const ids = chosenIds.value;
  const grown = ids.map(id => revisions.value[id] ?? 0).join();
  const asked = useRef({ pages: new Set() });
  if (asked.current.grown !== grown) asked.current = { grown, pages: new Set() };
  const scroll = useRef({ last: 0, timer: 0 });
  const columns = Math.max(1, Math.floor((width - 8) / CELL));
  const rows = Math.ceil((total ?? 0) / columns);
  const first = Math.floor(top / ROW);
  const last = Math.min(rows, Math.ceil((top + HEIGHT) / ROW));
  useLayoutEffect(() => {
    const from = Math.floor((first * columns) / PAGE);
    const to = total === null ? 0 : Math.floor(Math.max(0, last * columns - 1) / PAGE);
    const mine = asked.current;
    for (let at = from; at <= to && !fast; at++) {
      if (mine.pages.has(at)) continue;
      mine.pages.add(at);
      get("media", { key: name, run: ids, offset: at * PAGE, limit: PAGE }).then(
        found => {
          if (mine !== asked.current) return; // a newer answer is on its way
          setTotal(found.total);
          setPages(old => new Map(old).set(at, found.items));
        },
        () => mine.pages.delete(at),
      );
    }
  });
  const onScroll = event => {
    const now = event.target.scrollTop;
    const jump = Math.abs(now - scroll.current.last) > FAST;
    scroll.current.last = now;
    setTop(now);
    clearTimeout(scroll.current.timer);
    setFast(jump);
    if (jump) scroll.current.timer = setTimeout(() => setFast(false), 90);
  };
  const cells = [];
  for (let at = first * columns; at < Math.min(last * columns, total ?? 0); at++) {
    const item = pages.get(Math.floor(at / PAGE))?.[at % PAGE];
    const where = { left: `${(at % columns) * CELL}px`, top: `${Math.floor(at / columns) * ROW}px`, width: `${CELL - 8}px`, height: `${ROW - 8}px` };
    cells.push(html`<div key=${at} role="gridcell" class="allcell" style=${where}>${item && !fast ? html`<${part.Cell} item=${item} name=${name} small=${true} />` : html`<div class="hollow"></div>`}</div>`);
  }
  return html`<p class="muted allcount">${total === null ? "…" : plural(total, "item")} in the order of runs and steps</p>
    <div class="all" ref=${ref} tabindex="0" role="grid" aria-label=${`All items of ${name}`} aria-rowcount=${rows} style=${{ height: `${Math.min(HEIGHT, Math.max(ROW, rows * ROW + 8))}px` }} onScroll=${onScroll}>
      <div role="presentation" style=${{ height: `${rows * ROW}px` }}>${cells}</div>
    </div>`;
}
