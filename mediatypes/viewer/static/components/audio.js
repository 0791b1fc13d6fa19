// Sounds: envelope, spectrogram, and one play-head for all runs of a panel.
import { effect, html, signal, useEffect, useRef, useState } from "#mt/ui.js";
import { json, useWhole } from "#mt/load.js";
import { unpack } from "#mt/packed.js";
import { bands, colour, theme } from "#mt/state.js";
import { clock, duration, whole } from "#mt/words.js";

export const layout = "sounds";
const WAVE = 56;
const SPECTRUM = 72;
const playing = signal(null); // the element that plays; one at a time

/** Colours of a spectrogram, dark to bright: magma of Smith & van der Walt, in 9 stops. */
const STOPS = [[0, 0, 4], [28, 16, 68], [79, 18, 123], [129, 37, 129], [181, 54, 122], [229, 80, 100], [251, 135, 97], [254, 194, 135], [252, 253, 191]];
const MAP = Array.from({ length: 256 }, (_, i) => {
  const at = (i / 255) * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(at));
  return STOPS[low].map((one, c) => Math.round(one + (STOPS[low + 1][c] - one) * (at - low)));
});

export function paintBytes(canvas, matrix, width, height, isThere = _ => true) {
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let i = 0; i < matrix.length; i++) {
    image.data.set(MAP[matrix[i]], i * 4);
    image.data[i * 4 + 3] = isThere(i) ? 255 : 0;
  }
  context.putImageData(image, 0, 0);
}

function paintWave(canvas, peaks, ink) {
  const count = peaks.length / 2;
  const width = Math.max(1, count);
  canvas.width = width;
  canvas.height = WAVE * 2;
  const context = canvas.getContext("2d");
  context.fillStyle = ink;
  const most = Math.max(1, ...peaks.map(Math.abs));
  for (let i = 0; i < count; i++) {
    const top = WAVE - (peaks[count + i] / most) * (WAVE - 2);
    const bottom = WAVE - (peaks[i] / most) * (WAVE - 2);
    context.fillRect(i, top, 1, Math.max(1, bottom - top));
  }
}

function Picture({ look, item, audio }) {
  const wave = useRef(null);
  const spectrum = useRef(null);
  const head = useRef(null);
  const image = look.spectrograms[bands.value];
  useEffect(() => paintWave(wave.current, unpack(look.peaks), colour(item.run)), [look, theme.value, item.run]);
  useEffect(() => { if (image) paintBytes(spectrum.current, unpack(image), image.width, image.height); }, [image]);
  useEffect(() => {
    let frame = 0;
    const follow = () => {
      if (head.current) head.current.style.left = `${(100 * (audio.current?.currentTime ?? 0)) / (look.duration_seconds || 1)}%`;
      frame = requestAnimationFrame(follow);
    };
    const stop = effect(() => {
      cancelAnimationFrame(frame);
      if (playing.value === audio.current) follow();
    });
    return () => { stop(); cancelAnimationFrame(frame); };
  }, [look]);
  const seek = event => {
    const box = event.currentTarget.getBoundingClientRect();
    const time = ((event.clientX - box.left) / box.width) * look.duration_seconds;
    audio.current.currentTime = time;
    head.current.style.left = `${(100 * time) / (look.duration_seconds || 1)}%`;
  };
  return html`<div class="sound-picture" onPointerDown=${seek}>
    <canvas ref=${wave} class="wave" style=${{ height: `${WAVE}px` }}></canvas>
    ${image && html`<canvas ref=${spectrum} class="spectrum" style=${{ height: `${SPECTRUM}px` }}></canvas>
      <span class="hertz high">${whole(image.hertz[image.hertz.length - 1])} Hz</span><span class="hertz">${bands.value} scale</span>`}
    <i class="playhead" ref=${head}></i>
  </div>`;
}

export function Cell({ item: wanted }) {
  const audio = useRef(null);
  const [isOn, setOn] = useState(false);
  const [time, setTime] = useState(0);
  const { item, data, error, isStale } = useWhole(wanted, wanted.sound, json);
  const meta = item.meta ?? {};
  const start = () => {
    const other = playing.peek();
    if (other && other !== audio.current && !other.paused) {
      const at = other.currentTime; // A/B: the other goes on where this one was
      other.pause();
      if (at < (meta.duration_seconds ?? 0)) audio.current.currentTime = at;
    }
    playing.value = audio.current;
    if (audio.current.paused) audio.current.play().catch(() => {});
    else audio.current.pause();
  };
  if (item.error) return html`<div class="sound"><div class="broken">${item.error}</div></div>`;
  return html`<div class="sound ${isStale ? "stale" : ""}" aria-busy=${isStale} data-sha=${item.sha256} data-step=${item.step}>
    ${data && !data.error ? html`<${Picture} look=${data} item=${item} audio=${audio} />` : html`<div class="sound-picture hollow" style=${{ height: `${WAVE + SPECTRUM}px` }}>${error && html`<span>${error.message}</span>`}</div>`}
    <div class="sound-bar">
      <button class="play" onClick=${start} aria-label=${isOn ? "Stop" : `Play ${item.caption ?? "the sound"}`} aria-pressed=${isOn}>${isOn ? "❚❚" : "▶"}</button>
      <span class="time">${clock(time, meta.duration_seconds ?? 0)} / ${clock(meta.duration_seconds ?? 0)}</span>
      <span class="caption" title=${item.caption ?? ""}>${item.caption ?? `#${item.index}`}</span>
      <span class="muted">${meta.sample_rate ? `${whole(meta.sample_rate)} Hz · ${meta.channels} ch · ${duration(meta.duration_seconds)}` : ""}</span>
    </div>
    <audio ref=${audio} src=${item.url} preload="none" onPlay=${() => setOn(true)} onPause=${() => setOn(false)} onEnded=${() => setOn(false)} onTimeUpdate=${event => setTime(event.target.currentTime)}></audio>
  </div>`;
}

export function Tools() {
  return html`<div class="tabs" role="group" aria-label="Frequency scale">${["mel", "linear"].map(word => html`<button key=${word} class=${bands.value === word ? "on" : ""} aria-pressed=${bands.value === word} onClick=${() => { bands.value = word; }}>${word}</button>`)}</div>`;
}
