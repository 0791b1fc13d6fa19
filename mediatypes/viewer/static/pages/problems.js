// What went wrong, or might have: every run of the folder, the worst first.
import { html, useEffect, useState } from "#mt/ui.js";
import { get } from "#mt/load.js";
import { colour, revisions, runs } from "#mt/state.js";

const SIGNS = { error: "✕", warning: "⚠", note: "ℹ" };

export function Problems() {
  const [found, set] = useState(null);
  const ids = runs.value.map(run => run.id);
  const wanted = JSON.stringify([ids, revisions.value]);
  useEffect(() => { get("problems", { run: ids }).then(answer => set(answer.problems), () => set([])); }, [wanted]);
  if (!found) return html`<main class="page"><p class="empty">…</p></main>`;
  return html`<main class="page problems"><div class="page-head"><h1>Problems</h1></div>
    ${!found.length && html`<div class="nothing"><h2>None known</h2><p>Every line that was read matches its checksum, and every item that was logged has its record. <code>mediatypes verify RUN</code> checks the files as well.</p></div>`}
    ${found.length > 0 && html`<div class="tablebox"><table class="table"><thead><tr><th></th><th>Run</th><th>What</th><th>Where</th><th>Look closer with</th></tr></thead>
      <tbody>${found.map((row, i) => html`<tr key=${i} class=${row.severity}><td class="sign" title=${row.severity}>${SIGNS[row.severity] ?? ""}</td><td class="nowrap"><i class="dot" style=${{ background: colour(row.run) }}></i>${row.name}</td><td>${row.text}</td><td class="muted">${row.where}</td><td><code>${row.command}</code></td></tr>`)}</tbody></table></div>`}
  </main>`;
}
