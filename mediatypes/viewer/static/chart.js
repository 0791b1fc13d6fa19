// A chart of numbers: uPlot on one grid for all runs, with the step cursor in it.
import { effect, html, ink, signal, useEffect, useLayoutEffect, useRef, useSeen, useState, useWidth } from "#mt/ui.js";
import { later, useAnswer } from "#mt/load.js";
import { unpack } from "#mt/packed.js";
import { chosenIds, colour, cursor, dash, logY, nameOf, smoothing, step, theme, xAxis, zoom } from "#mt/state.js";
import { duration, number, whole } from "#mt/words.js";

const drawing = signal(null); // uPlot
const broken = signal(null); // why it cannot be had
const HEIGHT = 190;
const AXIS = 56; // pixels on the left
const MARGIN = 12; // and on the right
const NEAR = 2; // pixels
const MANY = 8; // lines that are still told apart when they are thick

/** Bring uPlot, which takes long to begin: while the first numbers are on their way. */
export async function prepare() {
  try {
    drawing.value ??= (await later("uplot")).default;
  } catch (error) {
    broken.value = error;
  }
}

/** An exponential mean that leaves no weight to its start; gaps stay gaps. */
export function smooth(values, weight) {
  if (!weight) return values;
  const found = new Float32Array(values.length);
  let mean = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) { found[i] = NaN; continue; }
    mean = mean * weight + (1 - weight) * values[i];
    total = total * weight + (1 - weight);
    found[i] = mean / total;
  }
  return found;
}

/** What uPlot wants: null where there is nothing, and nothing of 0 or less on a log axis. */
function shown(values, log) {
  if (values.every(log ? one => one > 0 : one => !Number.isNaN(one))) return values;
  const found = new Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const one = values[i];
    found[i] = Number.isNaN(one) || (log && one <= 0) ? null : one;
  }
  return found;
}

function lines(answer, weight, log) {
  const data = [unpack(answer.x)];
  const series = [{}];
  const bands = [];
  const thick = answer.series.length > MANY ? 1 : 1.75;
  for (const line of answer.series) {
    const stroke = colour(line.run);
    const mean = unpack(line.mean);
    if (!answer.raw) {
      bands.push({ high: unpack(line.max), low: unpack(line.min), fill: `${stroke}24` });
    } else if (weight) {
      data.push(shown(mean, log));
      series.push({ stroke: `${stroke}40`, width: 1, spanGaps: true, points: { show: false } });
    }
    data.push(shown(smooth(mean, weight), log));
    series.push({ run: line.run, stroke, width: thick, dash: dash(line.run), spanGaps: true, points: { show: mean.length < 3, size: 6 } });
  }
  return { data, series, bands };
}

/** The range of the axis: that of the lines, and of the areas around them. */
export function range(bands, log) {
  let [least, greatest] = [Infinity, -Infinity];
  const floor = log ? 0 : -Infinity; // NaN is neither less nor greater
  for (const { high, low } of bands) {
    for (let i = 0; i < high.length; i++) {
      if (high[i] > greatest) greatest = high[i];
      if (low[i] < least && low[i] > floor) least = low[i];
    }
  }
  return (_, min, max) => {
    const ends = [Math.min(min ?? Infinity, least), Math.max(max ?? -Infinity, greatest)];
    if (ends[0] > ends[1]) return [null, null];
    const uPlot = drawing.peek();
    return log ? uPlot.rangeLog(...ends, 10, false) : uPlot.rangeNum(...ends, 0.1, true);
  };
}

/** Where values of a scale are on the canvas, NaN where there are none. */
function places(chart, values, scale) {
  const { min, max, distr } = chart.scales[scale];
  const { left, top, width, height } = chart.bbox;
  const [start, span] = scale === "x" ? [left, width] : [top + height, -height];
  const on = distr === 3 ? values.map(Math.log10) : values; // of 0 or less there is no logarithm
  const [first, last] = distr === 3 ? [Math.log10(min), Math.log10(max)] : [min, max];
  return on.map(one => start + ((one - first) * span) / (last - first));
}

/**
 * The corners of an area: place, greatest and least of each few buckets that have numbers.
 * So few are enough for what is so faint, and none leaves out what sticks out.
 */
export function corners(x, high, low, few) {
  const found = { x: [], high: [], low: [] };
  let [count, last] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(high[i])) continue;
    const at = Math.floor(count / few);
    if (count++ % few === 0) {
      found.x.push(x[i]);
      found.high.push(high[i]);
      found.low.push(low[i]);
    } else {
      if (high[i] > found.high[at]) found.high[at] = high[i];
      if (low[i] < found.low[at]) found.low[at] = low[i];
    }
    last = x[i];
  }
  if (count) found.x[found.x.length - 1] = last; // to the very end
  return found;
}

/** Between the least and the greatest: one area for each line, which no clipping makes slow. */
function areas(chart, bands) {
  const { ctx, bbox } = chart;
  if (!bands.length) return;
  const few = bands.length > MANY ? 4 : 2;
  const floor = bbox.top + bbox.height;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const { high, low, fill } of bands) {
    const found = corners(chart.data[0], high, low, few);
    const [x, above, below] = [places(chart, found.x, "x"), places(chart, found.high, "y"), places(chart, found.low, "y")];
    ctx.beginPath();
    for (let i = 0; i < x.length; i++) if (Number.isFinite(above[i])) ctx.lineTo(x[i], above[i]);
    // On a logarithmic axis there is no 0: what reaches it reaches the floor.
    for (let i = x.length - 1; i >= 0; i--) if (Number.isFinite(above[i])) ctx.lineTo(x[i], Number.isFinite(below[i]) ? below[i] : floor);
    ctx.fillStyle = fill;
    ctx.fill();
  }
  ctx.restore();
}

function marks(chart, answer) {
  const { ctx, bbox } = chart;
  ctx.save();
  if (xAxis.peek() === "step") {
    const [at, right] = [chart.valToPos(step.peek(), "x", true), bbox.left + bbox.width];
    const x = Math.min(right, Math.max(bbox.left, at));
    if (Math.abs(at - x) <= NEAR * devicePixelRatio) { // a bucket is drawn at its middle
      ctx.strokeStyle = ink("accent");
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
  }
  if (answer.nonfinite?.length) { // a font takes long to set
    ctx.textAlign = "center";
    ctx.font = `${10 * devicePixelRatio}px system-ui`;
  }
  for (const mark of answer.nonfinite ?? []) {
    const x = chart.valToPos(mark.x, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.fillStyle = colour(mark.run);
    ctx.fillText(`▲ ${mark.value === "nan" ? "NaN" : mark.value}`, x, bbox.top + bbox.height - 4 * devicePixelRatio);
  }
  ctx.restore();
}

/** A number on an axis, where there is little room. */
function tick(value) {
  if (value === null) return "";
  const size = Math.abs(value);
  if (size >= 1e6 && size < 1e12) return `${number(value / 1e6, 3)}M`;
  if (size >= 1e4 && size < 1e6) return `${number(value / 1e3, 3)}k`;
  return number(value, 3);
}

function make(answer, width, height, onHover) {
  const grid = { stroke: ink("grid"), width: 1 };
  const axis = { stroke: ink("muted"), grid, ticks: { show: false }, font: "11px system-ui", gap: 6 };
  const { data, series, bands } = lines(answer, smoothing.peek(), logY.peek());
  const time = xAxis.peek() === "time";
  const chart = new (drawing.peek())({
    width,
    height,
    series,
    legend: { show: false },
    padding: [8, MARGIN, 0, 0],
    cursor: { sync: { key: "steps" }, drag: { x: true, y: false }, points: { size: 6 } },
    scales: { x: { time: false }, y: { distr: logY.peek() ? 3 : 1, range: range(bands, logY.peek()) } },
    axes: [
      { ...axis, size: 30, values: (_, all) => (all.map(time ? duration : tick)) },
      { ...axis, size: AXIS, values: (_, all) => all.map(tick) },
    ],
    hooks: {
      drawAxes: [self => areas(self, bands)],
      draw: [self => marks(self, answer)],
      setCursor: [self => onHover(self.cursor.idx === null || self.cursor.idx === undefined || self.cursor.left < 0 ? null : self.cursor.idx, self)],
      setSelect: [self => {
        if (self.select.width < 5) return;
        const ends = [self.select.left, self.select.left + self.select.width];
        zoom.value = ends.map(at => self.posToVal(at, "x"));
        self.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      }],
    },
  }, data, (_, draw) => draw());
  chart.over.addEventListener("dblclick", () => { zoom.value = null; });
  chart.over.addEventListener("click", () => {
    if (xAxis.peek() === "step" && chart.cursor.idx !== null) cursor.value = Math.round(chart.data[0][chart.cursor.idx]);
  });
  return chart;
}

/** The values of all lines at one place, in the order in which they lie. */
function readings(chart, at) {
  const rows = chart.series.map((line, i) => ({ run: line.run, value: chart.data[i][at] }));
  return rows.filter(row => row.run && row.value !== null && row.value !== undefined).sort((a, b) => b.value - a.value);
}

function Readings({ chart, at }) {
  if (!chart || at === null) return null;
  const x = chart.data[0][at];
  const left = chart.valToPos(x, "x");
  const onRight = left > chart.over.clientWidth / 2;
  const where = onRight ? { right: `${chart.over.clientWidth - left + 24}px` } : { left: `${left + 68}px` };
  return html`<div class="tip" style=${{ ...where, top: "8px" }}>
    <div class="tip-head">${xAxis.value === "time" ? duration(x) : `${xAxis.value.replace("key:", "")} ${Number.isInteger(x) ? whole(x) : number(x)}`}</div>
    ${readings(chart, at).slice(0, 12).map(row => html`<div key=${row.run}><i class="dot" style=${{ background: colour(row.run) }}></i><span>${nameOf(row.run)}</span><b>${number(row.value)}</b></div>`)}
  </div>`;
}

export function Chart({ name, height = HEIGHT }) {
  const outer = useRef(null);
  const element = useRef(null);
  const chart = useRef(null);
  const seen = useSeen(outer);
  const width = useWidth(outer);
  const [hover, setHover] = useState(null);
  const pixels = width - AXIS - MARGIN; // of many lines two columns in three are enough
  const count = Math.min(1000, Math.max(200, Math.ceil(chosenIds.value.length > MANY ? pixels / 1.5 : pixels)));
  const [from, to] = zoom.value ?? [null, null];
  const { data, error, isStale } = useAnswer("series", { key: name, x: xAxis.value, from, to, n: count }, seen && width > 0);
  const isReady = drawing.value !== null;
  const look = [smoothing.value, logY.value, theme.value].join();
  useLayoutEffect(() => { // not after the next frame: many charts make frames slow
    if (!data || !width || !isReady || !element.current) return undefined;
    chart.current?.destroy();
    chart.current = data.series.length ? make(data, width, height, setHover) : null;
    // Drawn before it is in the page, where each font that is set costs a look at all styles.
    const made = chart.current;
    queueMicrotask(() => { if (made && chart.current === made) element.current.append(made.root); });
    element.current.dataset.ready = "1";
    return () => { chart.current?.destroy(); chart.current = null; };
  }, [data, width, height, look, isReady]);
  useEffect(() => { if (seen) prepare(); }, [seen]);
  useEffect(() => effect(() => { step.value; chart.current?.redraw(false, false); }), []);
  return html`<div class="chart ${isStale ? "stale" : ""}" ref=${outer} style=${{ minHeight: `${height}px` }}>
    <div ref=${element}></div>
    <${Readings} chart=${chart.current} at=${hover} />
    ${(error ?? broken.value) && html`<p class="empty">${(error ?? broken.value).message}</p>`}
    ${data && !data.series.length && html`<p class="empty">No numbers on this axis.</p>`}
  </div>`;
}
