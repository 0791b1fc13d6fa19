// Films: nothing is fetched but the beginning until one is played; frame by frame with , and .
import { html, useRef } from "#mt/ui.js";
import { duration, whole } from "#mt/words.js";
import { Download } from "#mt/components/generic.js";

export const layout = "figures";

export function Cell({ item }) {
  const film = useRef(null);
  if (item.error) return html`<div class="card"><div class="broken">${item.error}</div></div>`;
  const { width, height, fps, frames, duration_seconds: seconds } = item.meta ?? {};
  const shape = { width: "100%", maxHeight: "360px", aspectRatio: width ? `${width} / ${height}` : null };
  const onKey = event => {
    if (![",", "."].includes(event.key)) return;
    film.current.pause();
    film.current.currentTime += (event.key === "." ? 1 : -1) / (fps || 25);
    event.preventDefault();
  };
  return html`<figure class="cell" data-sha=${item.sha256} data-step=${item.step}>
    ${item.mime?.startsWith("image/")
      ? html`<img src=${item.url} alt=${item.caption ?? "a film"} style=${shape} />`
      : html`<video key=${item.url} ref=${film} src=${item.url} controls muted loop playsinline preload="metadata" style=${shape} onKeyDown=${onKey} aria-label=${item.caption ?? "a film"}></video>`}
    <figcaption>${item.caption ?? `#${item.index}`} · ${[width && `${width} × ${height}`, frames && `${whole(frames)} frames`, fps && `${fps} per second`, seconds && duration(seconds)].filter(Boolean).join(" · ")}</figcaption>
    <${Download} item=${item} />
  </figure>`;
}
