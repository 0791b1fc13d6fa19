// What the keys do.
import { html, useEffect, useRef } from "#mt/ui.js";
import { help } from "#mt/state.js";

const KEYS = [
  ["← →", "one logged step back or on; with Shift ten"],
  ["Home End", "first step, newest step"],
  ["1 2 3 4 5", "runs, workspace, config, files, problems"],
  ["/", "find a key or a run"],
  ["m", "masks and boxes on or off"],
  ["Esc", "close"],
  ["j k", "in the large view: next and previous sample"],
  ["c", "in the large view: next way to compare"],
  ["0 1 + −", "in the large view: fit, true size, larger, smaller"],
];

export function Help() {
  const dialog = useRef(null);
  useEffect(() => { dialog.current.showModal(); }, []);
  return html`<dialog class="help" ref=${dialog} onClose=${() => { help.value = false; }} aria-label="Keys">
    <header><h2>Keys</h2><span class="grow"></span><button class="icon" onClick=${() => dialog.current.close()} aria-label="Close">✕</button></header>
    <dl>${KEYS.map(([key, text]) => html`<div key=${key}><dt>${key.split(" ").map(one => html`<kbd>${one}</kbd>`)}</dt><dd>${text}</dd></div>`)}</dl>
    <p class="muted">In a chart: drag to zoom all charts, double click to go back, click to move the step. A link in the address bar is the whole view, without the token.</p>
  </dialog>`;
}
