// Rows of a table: found, sorted and cut here; on a thread of their own when they are many.
const FLOATS = { nan: NaN, inf: Infinity, "-inf": -Infinity };
const DATA = ',"data":[';

/** A cell as it is compared and searched: a number, a text, or null. */
export function plain(cell) {
  if (cell === null || typeof cell !== "object") return cell;
  if ("$f" in cell) return FLOATS[cell.$f];
  if ("$i" in cell) return Number(cell.$i);
  return cell.$t ? cell.caption ?? cell.$t : JSON.stringify(cell);
}

const words = new Intl.Collator(undefined, { numeric: true });

function compare(a, b) {
  const rank = one => (one === null || Number.isNaN(one) ? 1 : 0);
  if (rank(a) || rank(b)) return rank(a) - rank(b);
  if (typeof a === "string" || typeof b === "string") return words.compare(String(a), String(b));
  return a - b;
}

/** All rows of a table, as somebody wishes to see them. */
export class Rows {
  constructor(data) {
    this.data = data;
    this.found = data;
    this.wish = "";
  }

  /** How many rows hold `text`, and those from `first` to `last` of them, in an order. */
  cut({ text, order, first, last }) {
    const wish = JSON.stringify([text, order]);
    if (wish !== this.wish) this.found = this.sorted(this.holding(text.toLowerCase()), order);
    this.wish = wish;
    return { count: this.found.length, first, rows: this.found.slice(first, last) };
  }

  holding(text) {
    return text ? this.data.filter(row => row.some(cell => String(plain(cell)).toLowerCase().includes(text))) : this.data;
  }

  sorted(rows, order) {
    if (!order) return rows;
    const sign = order.down ? -1 : 1;
    const keyed = rows.map(row => ({ row, key: plain(row[order.at]) }));
    return keyed.sort((a, b) => sign * compare(a.key, b.key)).map(one => one.row);
  }
}

/** Columns, types and the rows that are whole, of a file's beginning; null without them. */
export function beginning(text) {
  const head = text.indexOf(DATA); // in a text there would be \" for "
  if (head < 0) return null;
  const start = head + DATA.length;
  let [depth, end, inText] = [0, start, false];
  for (let at = start; at < text.length; at++) {
    const sign = text[at];
    if (inText) {
      if (sign === "\\") at++;
      else if (sign === '"') inText = false;
    } else if (sign === '"') inText = true;
    else if (sign === "[" || sign === "{") depth++;
    else if (sign === "]" || sign === "}") {
      if (--depth < 0) break;
      if (!depth) end = at + 1;
    }
  }
  return { ...JSON.parse(`${text.slice(0, head)}}`), data: JSON.parse(`[${text.slice(start, end)}]`) };
}

/** All rows of a file, asked on a thread of their own; only the newest wish is answered. */
export function thread(file) {
  const worker = new Worker(import.meta.resolve("#mt/sheet.js"), { type: "module" });
  let busy = null;
  let waiting = null;
  let broken = null;
  const next = () => {
    [busy, waiting] = [waiting, null];
    if (busy) worker.postMessage({ wish: busy.wish });
  };
  const fail = message => {
    broken = new Error(message);
    for (const one of [busy, waiting]) one?.reject(broken);
  };
  worker.onmessage = ({ data }) => {
    if (data.error !== undefined) { fail(data.error); return; }
    busy.resolve(data.answer);
    next();
  };
  worker.onerror = event => fail(event.message || "The rows cannot be read.");
  worker.postMessage({ file });
  return {
    cut: wish => new Promise((resolve, reject) => {
      if (broken) { reject(broken); return; }
      waiting = { wish, resolve, reject };
      if (!busy) next();
    }),
    end: () => worker.terminate(),
  };
}

if ("WorkerGlobalScope" in globalThis) {
  let rows = null;
  globalThis.onmessage = ({ data: { file, wish } }) => {
    try {
      if (file) rows = new Rows(JSON.parse(new TextDecoder().decode(file)).data);
      else globalThis.postMessage({ answer: rows.cut(wish) });
    } catch (error) {
      globalThis.postMessage({ error: error.message });
    }
  };
}
