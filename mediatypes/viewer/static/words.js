// Numbers, times and sizes as people read them.

/** A number in at most `digits` significant digits. */
export function number(value, digits = 4) {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value);
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return whole(value);
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(Math.max(0, digits - 2)).replaceAll("-", "−").replace("+", "");
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}

/** A whole number in groups of three, parted by thin spaces. */
export const whole = value => String(Math.round(value)).replace("-", "−").replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");

export const plural = (count, noun) => `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;

export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let at = -1;
  let rest = bytes;
  do { rest /= 1000; at++; } while (rest >= 999.5 && at < units.length - 1);
  return `${rest < 10 ? rest.toFixed(1) : Math.round(rest)} ${units[at]}`;
}

export function duration(seconds) {
  if (!(seconds >= 0)) return "–";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 60) return `${Math.floor(minutes)} min ${Math.round(seconds % 60)} s`;
  const hours = minutes / 60;
  if (hours < 48) return `${Math.floor(hours)} h ${Math.round(minutes % 60)} min`;
  return `${Math.round(hours / 24)} days`;
}

export function ago(time, now = Date.now() / 1000) {
  const seconds = now - time;
  if (!time) return "–";
  if (seconds < 5) return "now";
  return `${duration(Math.max(0, seconds)).replace(/ \d+ s$/, "")} ago`;
}

/** A place in a sound of `whole` seconds; a short one shows tenths. */
export const clock = (seconds, whole = seconds) => `${Math.floor(seconds / 60)}:${whole < 10 ? (Math.floor(seconds * 10) / 10).toFixed(1).padStart(4, "0") : String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** Any value of a config or a summary, in one line. */
export function value(any) {
  if (any === null || any === undefined) return "–";
  if (typeof any === "number") return number(any, 5);
  if (typeof any === "string") return any;
  return JSON.stringify(any);
}

/** A nested mapping as one of depth 1, keys joined by dots. */
export function flat(mapping, before = "") {
  const found = {};
  for (const [key, item] of Object.entries(mapping ?? {})) {
    const isMapping = item && typeof item === "object" && !Array.isArray(item);
    if (isMapping && Object.keys(item).length) Object.assign(found, flat(item, `${before}${key}.`));
    else found[before + key] = item;
  }
  return found;
}

/** A moment, given in seconds, as the clock of whoever looks says it. */
export const when = seconds => new Date(seconds * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
