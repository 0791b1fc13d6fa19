// What every module of the page draws with.
import { Fragment, h, render } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { batch, computed, effect, signal } from "@preact/signals";
import htm from "htm";

export const html = htm.bind(h);
export { Fragment, batch, computed, effect, h, render, signal };
export { useEffect, useLayoutEffect, useMemo, useRef, useState };

const inks = new Map();

/** A colour of the style sheet as a canvas takes it: one that is resolved. */
export function ink(name) {
  const look = `${name} ${document.documentElement.dataset.theme} ${matchMedia("(prefers-color-scheme: dark)").matches}`;
  if (!inks.has(look)) inks.set(look, resolved(name));
  return inks.get(look);
}

function resolved(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

const NEAR = 400; // pixels

/** Whether the element has been near the screen once; charts off screen are not made. */
export function useSeen(ref) {
  const [seen, set] = useState(false);
  useLayoutEffect(() => {
    if (seen || !ref.current) return undefined;
    const { top, bottom, width } = ref.current.getBoundingClientRect();
    if (width && top < innerHeight + NEAR && bottom > -NEAR) { set(true); return undefined; } // a frame sooner
    const watch = new IntersectionObserver(entries => {
      if (entries.some(entry => entry.isIntersecting)) set(true);
    }, { rootMargin: `${NEAR}px` });
    watch.observe(ref.current);
    return () => watch.disconnect();
  }, [seen]);
  return seen;
}

/** The width of the element in CSS pixels, kept up to date. */
export function useWidth(ref, first = 0) {
  const [width, set] = useState(first);
  useLayoutEffect(() => {
    if (!ref.current) return undefined;
    const watch = new ResizeObserver(entries => set(Math.floor(entries[0].contentRect.width)));
    watch.observe(ref.current);
    set(Math.floor(ref.current.clientWidth));
    return () => watch.disconnect();
  }, []);
  return width;
}
