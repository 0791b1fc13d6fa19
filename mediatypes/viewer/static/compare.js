// Two pictures compared, on their exact samples where both are PNG.
import { bytes } from "#mt/load.js";
import { decode } from "#mt/png.js";

const KEPT = 12;
const known = new Map();

/** Samples of a picture: exact for PNG, else as the browser draws them. */
export function samplesOf(item) {
  if (!known.has(item.url)) {
    known.set(item.url, bytes(item.url).then(async buffer => (item.mime === "image/png" && await decode(buffer)) || drawn(buffer, item.mime)));
    if (known.size > KEPT) known.delete(known.keys().next().value);
  }
  return known.get(item.url);
}

async function drawn(buffer, type) {
  const picture = await createImageBitmap(new Blob([buffer], { type }));
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  return { width: picture.width, height: picture.height, channels: 4, depth: 8, data };
}

/** The samples of one pixel, or null outside. */
export function pixel(samples, x, y) {
  if (!samples || x < 0 || y < 0 || x >= samples.width || y >= samples.height) return null;
  const at = (y * samples.width + x) * samples.channels;
  return Array.from(samples.data.subarray(at, at + samples.channels));
}

/**
 * The absolute difference as a picture, its greatest, and the PSNR in dB. The picture is
 * brightened by a power of two, as far as its greatest difference lets it.
 */
export function difference(a, b) {
  if (!a || !b || a.width !== b.width || a.height !== b.height) return null;
  const [top, common] = [2 ** Math.max(a.depth, b.depth) - 1, Math.min(a.channels, b.channels, 3)];
  const scales = [top / (2 ** a.depth - 1), top / (2 ** b.depth - 1)];
  const pixels = a.width * a.height;
  const gap = (i, c) => Math.abs(a.data[i * a.channels + c] * scales[0] - b.data[i * b.channels + c] * scales[1]);
  let [sum, most] = [0, 0];
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < common; c++) {
      const one = gap(i, c);
      sum += one * one;
      if (one > most) most = one;
    }
  }
  const gain = most ? 2 ** Math.floor(Math.log2(top / most)) : 1;
  const image = new ImageData(a.width, a.height);
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) image.data[i * 4 + c] = (255 * gain * gap(i, Math.min(c, common - 1))) / top;
    image.data[i * 4 + 3] = 255;
  }
  const error = sum / (pixels * common);
  return { image, most, top, gain, psnr: error ? 10 * Math.log10((top * top) / error) : Infinity };
}
