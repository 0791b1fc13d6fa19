// Markdown, drawn without a line of HTML: what it says becomes nodes, never markup.
import { html } from "#mt/ui.js";
import { useWhole } from "#mt/load.js";
import { readText } from "#mt/components/text.js";

export const layout = "wide";
const MOST = 100000;
const INLINE = /(`+)(.+?)\1|\*\*(.+?)\*\*|\*([^*\s][^*]*)\*|~~(.+?)~~|!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)/;

function inline(text) {
  const found = [];
  let rest = text;
  for (let match = INLINE.exec(rest); match; match = INLINE.exec(rest)) {
    found.push(rest.slice(0, match.index));
    const [whole, , code, strong, emphasis, gone, words, address] = match;
    if (code !== undefined) found.push(html`<code>${code}</code>`);
    else if (strong !== undefined) found.push(html`<strong>${inline(strong)}</strong>`);
    else if (emphasis !== undefined) found.push(html`<em>${inline(emphasis)}</em>`);
    else if (gone !== undefined) found.push(html`<s>${inline(gone)}</s>`);
    else if (/^https?:\/\//i.test(address) && !whole.startsWith("!")) found.push(html`<a href=${address} target="_blank" rel="noopener noreferrer nofollow">${words || address}</a>`);
    else found.push(html`<span class="muted">${words} (${address})</span>`);
    rest = rest.slice(match.index + whole.length);
  }
  found.push(rest);
  return found;
}

const cells = line => line.trim().replace(/^\||\|$/g, "").split("|").map(one => one.trim());
const LIST = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;

function block(lines, at) {
  const line = lines[at];
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) return [html`<${`h${Math.min(6, heading[1].length + 2)}`}>${inline(heading[2])}<//>`, at + 1];
  const fence = /^\s*(```|~~~)/.exec(line);
  if (fence) {
    let end = at + 1;
    while (end < lines.length && !lines[end].trim().startsWith(fence[1])) end++;
    return [html`<pre>${lines.slice(at + 1, end).join("\n")}</pre>`, end + 1];
  }
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) return [html`<hr />`, at + 1];
  if (line.includes("|") && /^[\s|:-]+$/.test(lines[at + 1] ?? "") && lines[at + 1].includes("-")) {
    let end = at + 2;
    while (end < lines.length && lines[end].includes("|")) end++;
    return [html`<table><thead><tr>${cells(line).map(one => html`<th>${inline(one)}</th>`)}</tr></thead><tbody>${lines.slice(at + 2, end).map(row => html`<tr>${cells(row).map(one => html`<td>${inline(one)}</td>`)}</tr>`)}</tbody></table>`, end];
  }
  if (LIST.test(line)) {
    let end = at;
    while (end < lines.length && LIST.test(lines[end])) end++;
    const rows = lines.slice(at, end).map(row => html`<li>${inline(LIST.exec(row)[2])}</li>`);
    return [LIST.exec(line)[1] ? html`<ol>${rows}</ol>` : html`<ul>${rows}</ul>`, end];
  }
  if (line.startsWith(">")) {
    let end = at;
    while (end < lines.length && lines[end].startsWith(">")) end++;
    return [html`<blockquote>${draw(lines.slice(at, end).map(row => row.replace(/^>\s?/, "")))}</blockquote>`, end];
  }
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !/^(#|\s*```|\s*~~~|>)/.test(lines[end]) && !LIST.test(lines[end])) end++;
  return [html`<p>${inline(lines.slice(at, end).join(" "))}</p>`, end];
}

function draw(lines) {
  const found = [];
  for (let at = 0; at < lines.length;) {
    if (!lines[at].trim()) { at++; continue; }
    const [node, next] = block(lines, at);
    found.push(node);
    at = next;
  }
  return found;
}

export function Cell({ item: wanted }) {
  const { item, data, error, isStale } = useWhole(wanted, wanted.url, readText);
  if (item.error || error) return html`<div class="card"><div class="broken">${item.error ?? error.message}</div></div>`;
  return html`<div class="card ${isStale ? "stale" : ""}" aria-busy=${isStale} data-sha=${item.sha256} data-step=${item.step}>
    ${item.caption && html`<p class="card-title">${item.caption}</p>`}
    <div class="markdown">${draw((data ?? "").slice(0, MOST).split(/\r?\n/))}</div>
  </div>`;
}
