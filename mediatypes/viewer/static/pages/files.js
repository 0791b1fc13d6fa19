// What the program printed, and what lies in the run folder.
import { html, useEffect, useRef, useState } from "#mt/ui.js";
import { useAnswer } from "#mt/load.js";
import { RunName } from "#mt/items.js";
import { chosen } from "#mt/state.js";
import { plural, size, whole } from "#mt/words.js";

/** The end of what was printed; it stays at its end while the program goes on. */
function Output({ answer }) {
  const box = useRef(null);
  const [text, setText] = useState("");
  const wanted = text.toLowerCase();
  const shown = answer.text === null ? "" : wanted ? answer.text.split("\n").filter(line => line.toLowerCase().includes(wanted)).join("\n") : answer.text;
  const follows = useRef(true);
  useEffect(() => { if (follows.current && box.current) box.current.scrollTop = box.current.scrollHeight; }, [shown]);
  if (answer.text === null) return html`<p class="empty">${answer.error ?? "Nothing was kept of what the program printed."}</p>`;
  const follow = event => { follows.current = event.target.scrollTop + event.target.clientHeight > event.target.scrollHeight - 8; };
  return html`<div class="sheet-head"><h3>output.log</h3><span class="muted">${size(answer.size)}${answer.start > 0 ? ", the end of it" : ""}</span><span class="grow"></span>
      <input type="search" placeholder="Find a line" value=${text} onInput=${event => setText(event.target.value)} aria-label="Find a line" /></div>
    <pre class="log" ref=${box} tabindex="0" role="region" aria-label="What the program printed" onScroll=${follow}>${shown}</pre>`;
}

function Listing({ answer }) {
  const most = Math.max(1, ...answer.rows.map(row => row.size));
  return html`<div class="sheet-head"><h3>Files</h3><span class="muted">${plural(answer.files, "file")}${answer.is_cut ? " at least" : ""}, ${size(answer.size)}${answer.links > 0 ? `, and ${plural(answer.links, "link")} that nothing follows` : ""}</span></div>
    <div class="tablebox" tabindex="0" role="region" aria-label="Files"><table class="table"><thead><tr><th>Where</th><th class="number">Files</th><th class="number">Size</th><th></th></tr></thead>
      <tbody>${answer.rows.map(row => html`<tr key=${row.name}><td><code>${row.name}</code></td><td class="number">${whole(row.files)}</td><td class="number">${size(row.size)}</td><td class="share"><i style=${{ width: `${(100 * row.size) / most}%` }}></i></td></tr>`)}</tbody></table></div>`;
}

export function Files() {
  const { data: files } = useAnswer("files", {});
  const { data: outputs } = useAnswer("output", {});
  const runs = chosen.value;
  if (!runs.length) return html`<main class="page"><p class="empty big">Choose runs on the page of runs.</p></main>`;
  const of = (answer, id) => answer?.runs.find(one => one.run === id);
  return html`<main class="page files"><div class="page-head"><h1>Files</h1></div>
    ${runs.map(run => html`<section class="panel" key=${run.id} data-run=${run.id} aria-label=${run.name}><header class="panel-head"><${RunName} run=${run} /><span class="muted">${run.id}</span></header>
      <div class="twofold"><div>${of(outputs, run.id) && html`<${Output} answer=${of(outputs, run.id)} />`}</div><div>${of(files, run.id) && html`<${Listing} answer=${of(files, run.id)} />`}</div></div></section>`)}
  </main>`;
}
