// A view into space on a plain canvas, without a graphics card: triangles, points, balls,
// sticks and lines, each pixel with its depth. Nothing moves unless somebody moves it.
import { html, useEffect, useRef, useState, useWidth } from "#mt/ui.js";

const TURN = 35 * Math.PI / 180;
const TILT = 25 * Math.PI / 180;
const START = { turn: TURN, tilt: TILT, zoom: 1, x: 0, y: 0 };
const LIGHT = [0.35, -0.5, 0.8].map(one => one / Math.hypot(0.35, -0.5, 0.8));
const MOVING = 60_000; // points that are drawn while somebody turns; all once it rests
const SETTLED = 140;
const HEIGHT = 320;
const STEP = 8 * Math.PI / 180;

const packed = (r, g, b, light = 1) => (255 << 24) | (Math.min(255, b * light) << 16) | (Math.min(255, g * light) << 8) | Math.min(255, r * light);

/** A colour of a category, the same as in the small picture. */
export function ofCategory(number) {
  const hue = ((((number % 2 ** 53) * 137.508) / 60) % 6 + 6) % 6;
  return [0, 4, 2].map(shift => 40 + 180 * Math.min(1, Math.max(0, Math.abs(((hue + shift) % 6) - 3) - 1)));
}

const RAMP = [[68, 60, 150], [33, 145, 140], [240, 200, 40]];
/** A colour of a height from 0 to 1. */
export function ofHeight(place) {
  const [from, to] = place < 0.5 ? [RAMP[0], RAMP[1]] : [RAMP[1], RAMP[2]];
  const part = place < 0.5 ? place * 2 : place * 2 - 1;
  return from.map((one, i) => one + (to[i] - one) * part);
}

/** The middle and half the extent of all that is finite. */
export function extent(scene) {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  const see = (list, from) => {
    for (let axis = 0; axis < 3; axis++) {
      const one = list[from + axis];
      if (Number.isFinite(one)) { low[axis] = Math.min(low[axis], one); high[axis] = Math.max(high[axis], one); }
    }
  };
  for (const list of [scene.points ?? [], scene.triangles ?? []]) for (let i = 0; i < list.length; i += 3) see(list, i);
  for (const line of scene.lines ?? []) { see(line.a, 0); see(line.b, 0); }
  for (const ball of scene.balls ?? []) see(ball.at, 0);
  if (!(low[0] <= high[0])) return { middle: [0, 0, 0], half: 1 };
  return { middle: low.map((one, i) => one / 2 + high[i] / 2), half: (Math.hypot(...high.map((one, i) => one / 2 - low[i] / 2)) || 1) + (scene.margin ?? 0) };
}

/** Draws a scene into pixels of a canvas. */
class Raster {
  constructor(width, height) {
    this.width = width;
    this.height = height;
    this.image = new ImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.depth = new Float32Array(width * height);
  }

  clear() { this.pixels.fill(0); this.depth.fill(-Infinity); }

  look({ middle, half }, view) {
    const [c, s, up, away] = [Math.cos(view.turn), Math.sin(view.turn), Math.sin(view.tilt), Math.cos(view.tilt)];
    this.scale = 0.46 * Math.min(this.width, this.height) * view.zoom / half;
    const [kx, ky] = [this.width / 2 + view.x * this.width, this.height / 2 + view.y * this.width];
    const [mx, my, mz] = middle;
    this.place = (x, y, z, out) => {
      const dx = x - mx, dy = y - my, dz = z - mz;
      const back = c * dy - s * dx;
      out[0] = kx + this.scale * (c * dx + s * dy);
      out[1] = ky - this.scale * (up * back + away * dz);
      out[2] = this.scale * (up * dz - away * back);
    };
  }

  spot(x, y, z, colour, side) {
    const left = Math.round(x - side / 2), top = Math.round(y - side / 2);
    for (let row = Math.max(0, top); row < Math.min(this.height, top + side); row++) {
      for (let column = Math.max(0, left); column < Math.min(this.width, left + side); column++) {
        const at = row * this.width + column;
        if (z > this.depth[at]) { this.depth[at] = z; this.pixels[at] = colour; }
      }
    }
  }

  points(list, colours, step, side) {
    const p = [0, 0, 0];
    for (let i = 0; i < list.length; i += 3 * step) {
      this.place(list[i], list[i + 1], list[i + 2], p);
      if (p[0] === p[0]) this.spot(p[0], p[1], p[2], packed(colours[i], colours[i + 1], colours[i + 2]), side);
    }
  }

  triangles(list, colours, step) {
    const [a, b, c] = [[0, 0, 0], [0, 0, 0], [0, 0, 0]];
    for (let i = 0; i < list.length; i += 9 * step) {
      this.place(list[i], list[i + 1], list[i + 2], a);
      this.place(list[i + 3], list[i + 4], list[i + 5], b);
      this.place(list[i + 6], list[i + 7], list[i + 8], c);
      const ux = list[i + 3] - list[i], uy = list[i + 4] - list[i + 1], uz = list[i + 5] - list[i + 2];
      const vx = list[i + 6] - list[i], vy = list[i + 7] - list[i + 1], vz = list[i + 8] - list[i + 2];
      const nx = uy * vz - uz * vy, ny = uz * vx - ux * vz, nz = ux * vy - uy * vx;
      const light = 0.35 + 0.65 * Math.abs(nx * LIGHT[0] + ny * LIGHT[1] + nz * LIGHT[2]) / (Math.hypot(nx, ny, nz) || 1);
      this.fill(a, b, c, packed(colours[i / 3], colours[i / 3 + 1], colours[i / 3 + 2], light));
    }
  }

  fill(a, b, c, colour) {
    const area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
    if (!area) return; // of NaN as well: a corner is not finite
    const [left, right] = [Math.max(0, Math.floor(Math.min(a[0], b[0], c[0]))), Math.min(this.width - 1, Math.ceil(Math.max(a[0], b[0], c[0])))];
    const [top, bottom] = [Math.max(0, Math.floor(Math.min(a[1], b[1], c[1]))), Math.min(this.height - 1, Math.ceil(Math.max(a[1], b[1], c[1])))];
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const u = ((b[0] - x) * (c[1] - y) - (c[0] - x) * (b[1] - y)) / area;
        const v = ((c[0] - x) * (a[1] - y) - (a[0] - x) * (c[1] - y)) / area;
        if (u < -1e-6 || v < -1e-6 || u + v > 1 + 1e-6) continue;
        const z = u * a[2] + v * b[2] + (1 - u - v) * c[2];
        const at = y * this.width + x;
        if (z > this.depth[at]) { this.depth[at] = z; this.pixels[at] = colour; }
      }
    }
  }

  ball(at, radius, [r, g, b]) {
    const p = [0, 0, 0];
    this.place(...at, p);
    const size = radius * this.scale;
    for (let y = Math.max(0, Math.ceil(p[1] - size)); y <= Math.min(this.height - 1, p[1] + size); y++) {
      for (let x = Math.max(0, Math.ceil(p[0] - size)); x <= Math.min(this.width - 1, p[0] + size); x++) {
        const [dx, dy] = [(x - p[0]) / size, (y - p[1]) / size];
        const rest = 1 - dx * dx - dy * dy;
        if (rest < 0) continue;
        const out = Math.sqrt(rest);
        const i = y * this.width + x;
        if (p[2] + out * size <= this.depth[i]) continue;
        this.depth[i] = p[2] + out * size;
        this.pixels[i] = packed(r, g, b, 0.4 + 0.6 * Math.max(0, out * 0.75 - dx * 0.35 - dy * 0.55));
      }
    }
  }

  line(from, to, colour, side) {
    const [a, b] = [[0, 0, 0], [0, 0, 0]];
    this.place(...from, a);
    this.place(...to, b);
    const steps = Math.min(4000, Math.ceil(Math.max(Math.abs(b[0] - a[0]), Math.abs(b[1] - a[1])))) || 1;
    for (let i = 0; i <= steps; i++) {
      const part = i / steps;
      this.spot(a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part, packed(...colour), side);
    }
    return a;
  }
}

function draw(canvas, raster, scene, whole, view, isMoving) {
  const ratio = canvas.width / canvas.clientWidth || 1;
  raster.clear();
  raster.look(whole, view);
  const count = (scene.points?.length ?? 0) / 3;
  const faces = (scene.triangles?.length ?? 0) / 9;
  const side = Math.max(1, Math.round((count > 20_000 ? 1.5 : 3) * ratio * Math.min(2, Math.max(1, view.zoom))));
  if (faces) raster.triangles(scene.triangles, scene.shades, isMoving ? Math.ceil(faces / MOVING) : 1);
  if (count) raster.points(scene.points, scene.colours, isMoving ? Math.ceil(count / MOVING) : 1, side);
  for (const stick of scene.sticks ?? []) raster.line(stick.a, stick.b, stick.colour, Math.max(2, Math.round(2 * stick.radius * raster.scale)));
  for (const ball of scene.balls ?? []) raster.ball(ball.at, ball.radius, ball.colour);
  const words = [];
  for (const line of scene.lines ?? []) {
    const at = raster.line(line.a, line.b, line.colour, Math.round(2 * ratio));
    if (line.label) words.push([line.label, at, line.colour]);
  }
  const pen = canvas.getContext("2d");
  pen.putImageData(raster.image, 0, 0);
  pen.font = `${Math.round(11 * ratio)}px system-ui, sans-serif`;
  for (const [text, [x, y], [r, g, b]] of words) {
    pen.fillStyle = `rgb(${r} ${g} ${b})`;
    pen.fillText(text, x + 3 * ratio, y - 3 * ratio);
  }
  canvas.dataset.drawn = [view.turn, view.tilt, view.zoom].map(one => one.toFixed(3)).join(" ");
}

const KEYS = {
  ArrowLeft: view => ({ turn: view.turn - STEP }), ArrowRight: view => ({ turn: view.turn + STEP }),
  ArrowUp: view => ({ tilt: view.tilt + STEP }), ArrowDown: view => ({ tilt: view.tilt - STEP }),
  "+": view => ({ zoom: view.zoom * 1.25 }), "=": view => ({ zoom: view.zoom * 1.25 }),
  "-": view => ({ zoom: view.zoom / 1.25 }), 0: () => START, Home: () => START,
};
const BUTTONS = [["−", "-", "Farther"], ["+", "+", "Nearer"], ["⟲", "0", "As at first"]];

/** A scene that can be turned (drag, arrows), moved (Shift and drag), and zoomed (wheel, + and −). */
export function Space({ scene, label }) {
  const outer = useRef(null);
  const canvas = useRef(null);
  const width = useWidth(outer, 0);
  const [view, setView] = useState(START);
  const [rests, setRests] = useState(true);
  const held = useRef({ pointers: new Map(), raster: null, whole: null, scene: null, timer: 0 });
  const ratio = Math.min(2, devicePixelRatio || 1);
  const size = [Math.max(1, Math.round(width * ratio)), Math.round(HEIGHT * ratio)];
  useEffect(() => {
    if (!width) return;
    const now = held.current;
    if (now.raster?.width !== size[0]) now.raster = new Raster(...size);
    if (now.scene !== scene) { now.scene = scene; now.whole = extent(scene); }
    draw(canvas.current, now.raster, scene, now.whole, view, !rests);
  }, [scene, view, rests, size[0]]);
  useEffect(() => () => clearTimeout(held.current.timer), []);
  const change = next => {
    setRests(false);
    clearTimeout(held.current.timer);
    held.current.timer = setTimeout(() => setRests(true), SETTLED);
    setView(old => {
      const made = { ...old, ...next(old) };
      return { ...made, tilt: Math.min(Math.PI / 2, Math.max(-Math.PI / 2, made.tilt)), zoom: Math.min(50, Math.max(0.2, made.zoom)) };
    });
  };
  const press = event => {
    const key = KEYS[event.key];
    if (!key || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // the page has other things to do with arrows
    change(key);
  };
  const down = event => {
    canvas.current.setPointerCapture(event.pointerId);
    held.current.pointers.set(event.pointerId, [event.clientX, event.clientY]);
  };
  const move = event => {
    const before = held.current.pointers.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY];
    const other = [...held.current.pointers].find(([id]) => id !== event.pointerId)?.[1];
    held.current.pointers.set(event.pointerId, now);
    const [right, below] = [now[0] - before[0], now[1] - before[1]];
    if (other) {
      const wide = at => Math.hypot(at[0] - other[0], at[1] - other[1]) || 1;
      change(old => ({ zoom: old.zoom * wide(now) / wide(before) }));
    } else if (event.shiftKey) change(old => ({ x: old.x + right / width, y: old.y + below / width }));
    else change(old => ({ turn: old.turn - right / 120, tilt: old.tilt + below / 120 }));
  };
  const up = event => held.current.pointers.delete(event.pointerId);
  const wheel = event => {
    if (document.activeElement !== canvas.current && !event.ctrlKey) return; // the page scrolls
    event.preventDefault();
    change(old => ({ zoom: old.zoom * Math.exp(-event.deltaY / 400) }));
  };
  return html`<div class="space" ref=${outer}>
    <canvas ref=${canvas} width=${size[0]} height=${size[1]} tabindex="0" role="img" aria-label=${`${label}. Arrow keys turn it, plus and minus zoom, 0 sets it back.`}
      onPointerDown=${down} onPointerMove=${move} onPointerUp=${up} onPointerCancel=${up} onWheel=${wheel} onKeyDown=${press}></canvas>
    <div class="space-tools">${BUTTONS.map(([sign, key, words]) => html`<button key=${key} class="icon small" aria-label=${words} title=${words} onClick=${() => change(KEYS[key])}>${sign}</button>`)}</div>
  </div>`;
}
