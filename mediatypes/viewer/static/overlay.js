// Masks, boxes, points and lines over a picture, coloured by class.
import { html, useEffect, useRef, useWidth } from "#mt/ui.js";
import { bytes, identity } from "#mt/load.js";
import { overlay } from "#mt/state.js";
import { decode } from "#mt/png.js";

const KEPT = 200;
const COARSE = 64; // pixels by which a picture may grow before its overlay is drawn anew
const MOST_POINTS = 4096;
const LEAST_FOR_WORDS = 240; // pixels of a picture that is wide enough for captions
const masks = new Map();

/** A colour for a class: the same in every picture, run and mask. */
export function classColour(id) {
  const hue = (Number(id) * 137.508 + 40) % 360;
  return `hsl(${hue} 85% ${Number(id) % 2 ? 56 : 48}%)`;
}

function rgb(id) {
  const hue = ((Number(id) * 137.508 + 40) % 360) / 60;
  const light = Number(id) % 2 ? 0.56 : 0.48;
  const c = (1 - Math.abs(2 * light - 1)) * 0.85;
  const x = c * (1 - Math.abs((hue % 2) - 1));
  const [r, g, b] = [[c, x, 0], [x, c, 0], [0, c, x], [0, x, c], [x, 0, c], [c, 0, x]][Math.floor(hue)];
  return [r, g, b].map(one => Math.round(255 * (one + light - c / 2)));
}

export function loadMask(part) {
  if (!masks.has(part.url)) {
    masks.set(part.url, bytes(part.url).then(decode));
    if (masks.size > KEPT) masks.delete(masks.keys().next().value);
  }
  return masks.get(part.url);
}

export const masksOf = item => (item.parts ?? []).filter(part => part.kind === "mask");
const labelsOf = (item, kind, name) => ({ ...item.meta?.classes, ...item.meta?.[kind]?.[name]?.class_labels });

/** Whether there is anything to lay over an item. */
export const hasOverlay = item => masksOf(item).length > 0 || ["boxes", "points", "lines"].some(kind => Object.keys(item.meta?.[kind] ?? {}).length);

/** Names of the classes of an item, by id. */
export function classesOf(item) {
  const found = new Map();
  const add = labels => { for (const [id, word] of Object.entries(labels ?? {})) if (typeof word === "string") found.set(id, word); };
  for (const part of masksOf(item)) add(labelsOf(item, "masks", part.name.replace(/^masks\//, "")));
  for (const name of Object.keys(item.meta?.boxes ?? {})) add(labelsOf(item, "boxes", name));
  return found;
}

function paintMask(context, mask, labels, look, width, height) {
  const image = new ImageData(mask.width, mask.height);
  const out = image.data;
  const alpha = Math.round(255 * look.opacity);
  const colours = new Map();
  for (let i = 0; i < mask.data.length; i++) {
    const id = mask.data[i];
    if (id === 0 && !labels[0]) continue; // by custom what is no thing, unless it has a name
    if (!colours.has(id)) colours.set(id, look.hidden.has(labels[id] ?? String(id)) ? null : rgb(id));
    const ink = colours.get(id);
    if (!ink) continue;
    if (look.outline) {
      const x = i % mask.width;
      const inside = x > 0 && x < mask.width - 1 && mask.data[i - 1] === id && mask.data[i + 1] === id && mask.data[i - mask.width] === id && mask.data[i + mask.width] === id;
      if (inside) continue;
    }
    out.set(ink, i * 4);
    out[i * 4 + 3] = look.outline ? 255 : alpha;
  }
  const canvas = new OffscreenCanvas(mask.width, mask.height);
  canvas.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(canvas, 0, 0, width, height);
}

function place(box, width, height) {
  const { position: p, domain } = box;
  const [sx, sy] = domain === "pixel" ? [1, 1] : [width, height];
  if (p.middle) return [(p.middle[0] - p.width / 2) * sx, (p.middle[1] - p.height / 2) * sy, p.width * sx, p.height * sy];
  return [p.minX * sx, p.minY * sy, (p.maxX - p.minX) * sx, (p.maxY - p.minY) * sy];
}

function paintBoxes(context, group, labels, look, width, height, scale) {
  for (const box of group.box_data ?? []) {
    const word = labels[box.class_id] ?? String(box.class_id ?? "");
    const scores = Object.values(box.scores ?? {});
    if (look.hidden.has(word) || (scores.length && Math.max(...scores) < look.score)) continue;
    const [x, y, w, h] = place(box, width, height).map(one => one * scale);
    const ink = classColour(box.class_id ?? 0);
    context.lineWidth = 2;
    context.strokeStyle = ink;
    context.strokeRect(x, y, w, h);
    const text = [box.box_caption ?? word, scores.length ? scores[0].toFixed(2) : ""].filter(Boolean).join(" ");
    if (!text || context.canvas.width < LEAST_FOR_WORDS) continue;
    context.font = "600 11px system-ui";
    const size = context.measureText(text).width + 8;
    const above = y > 16 ? y - 15 : y;
    context.fillStyle = ink;
    context.fillRect(x - 1, above, size, 15);
    context.fillStyle = "#fff";
    context.fillText(text, x + 3, above + 11.5);
  }
}

function paintPoints(context, group, look, width, height, scale, isLine) {
  const [sx, sy] = (group.domain === "pixel" ? [1, 1] : [width, height]).map(one => one * scale);
  const shapes = isLine ? group.line_data ?? [] : (group.point_data ?? []).map(point => [point]);
  shapes.forEach((points, n) => {
    const known = points.filter(point => point && point[0] !== null && point[1] !== null).map(([x, y]) => [x * sx, y * sy]);
    const word = group.labels?.[n];
    if (!known.length || (word && look.hidden.has(word))) return;
    context.strokeStyle = context.fillStyle = classColour(isLine ? n + 1 : 3);
    context.lineWidth = 2;
    context.beginPath();
    if (isLine) known.forEach(([x, y], i) => context[i ? "lineTo" : "moveTo"](x, y));
    else context.arc(known[0][0], known[0][1], 3.5, 0, 7);
    if (isLine) context.stroke();
    else context.fill();
    if (word && shapes.length <= 20) {
      context.font = "600 11px system-ui";
      context.fillText(word, known[0][0] + 5, known[0][1] - 4);
    }
  });
}

async function paint(canvas, item, look, isWanted) {
  const { width, height } = item.meta;
  const found = await Promise.all(masksOf(item).map(loadMask));
  if (!isWanted()) return;
  // As many points as the screen shows, so that lines and words are sharp.
  const scale = Math.min(MOST_POINTS / Math.max(width, height), Math.max(0.25, ((canvas.clientWidth || width) * devicePixelRatio) / width));
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  masksOf(item).forEach((part, i) => {
    if (found[i]) paintMask(context, found[i], labelsOf(item, "masks", part.name.replace(/^masks\//, "")), look, canvas.width, canvas.height);
  });
  for (const [name, group] of Object.entries(item.meta.boxes ?? {})) paintBoxes(context, group, labelsOf(item, "boxes", name), look, width, height, scale);
  for (const kind of ["points", "lines"]) for (const group of Object.values(item.meta[kind] ?? {})) paintPoints(context, group, look, width, height, scale, kind === "lines");
  canvas.dataset.sha = item.sha256;
}

export function Overlay({ item, zoom = 1 }) {
  const ref = useRef(null);
  const look = overlay.value;
  const width = Math.round(useWidth(ref) / COARSE);
  useEffect(() => {
    let gone = false;
    if (look.shown) paint(ref.current, item, look, () => !gone).catch(() => {});
    return () => { gone = true; };
  }, [identity(item), look, zoom, width]);
  return html`<canvas ref=${ref} class="overlay" aria-hidden="true" hidden=${!look.shown}></canvas>`;
}
