// Items of a run at a step, kept while the next ones are on their way.
import { html, useEffect, useState } from "#mt/ui.js";
import { get } from "#mt/load.js";
import { colour, revisions } from "#mt/state.js";
import { whole } from "#mt/words.js";

export const MOST = 48;
const KEPT = 400;
const answers = new Map();

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
