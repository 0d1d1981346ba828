import { z } from 'zod';
import type { openChromium } from '../../test/support/chromium.ts';
import { type Target, openWindow } from './first-screen.ts';

type Browser = Awaited<ReturnType<typeof openChromium>>;

const STEPS = 10;
/** A garbage collection that was asked for also drops compiled code. It is compiled again before the next measurement. */
const FILES_TO_COMPILE = 200;
/** As fast as a wheel that is turned on and on. */
const PIXELS_PER_FRAME = 120;

const Scrolled = z.object({ frames: z.number(), ms: z.number(), tasks: z.array(z.number()) });

export interface Scrolling {
  /** Per second. */
  readonly frames: number;
  /** The milliseconds of each task that took longer than 50 ms. */
  readonly tasks: readonly number[];
  /** Bytes of the JavaScript heap after garbage collection: after a tenth, and at the end. */
  readonly heaps: { readonly early: number; readonly late: number };
}

/** Scrolls over `files` files, frame by frame. */
export async function measureScrolling(
  browser: Browser,
  { files, ...target }: Target & { files: number },
): Promise<Scrolling> {
  const { context, page } = await openWindow(browser, target);
  await page.goto(target.url);
  await page.locator('[role=grid] [role=row] img').first().waitFor();
  const protocol = await context.newCDPSession(page);
  await protocol.send('HeapProfiler.enable');
  const heapBytes = async () => {
    await protocol.send('HeapProfiler.collectGarbage');
    return (await protocol.send('Runtime.getHeapUsage')).usedSize;
  };

  const scroll = async (count: number) => {
    const code = `(${SCROLL})(${count}, ${PIXELS_PER_FRAME})`;
    const scrolled = Scrolled.parse(await page.evaluate(code));
    // What is still being read arrives.
    await page.waitForLoadState('networkidle');
    return scrolled;
  };
  const rounds = [await scroll(files / STEPS)];
  const early = await heapBytes();
  await scroll(FILES_TO_COMPILE);
  while (rounds.length < STEPS) rounds.push(await scroll(files / STEPS));
  const heaps = { early, late: await heapBytes() };
  await context.close();
  const sum = (value: 'frames' | 'ms') => rounds.reduce((total, round) => total + round[value], 0);
  return {
    frames: (sum('frames') / sum('ms')) * 1_000,
    tasks: rounds.flatMap(({ tasks }) => tasks),
    heaps,
  };
}

/** Runs in the page: scrolls the grid on by so many files. */
const SCROLL = String.raw`async (files, pixels) => {
  const grid = document.querySelector('[role=grid]');
  let scroller = grid;
  while (scroller.scrollHeight <= scroller.clientHeight || getComputedStyle(scroller).overflowY === 'visible') {
    if (!scroller.parentElement) break;
    scroller = scroller.parentElement;
  }
  const columns = Number(grid.getAttribute('aria-colcount'));
  const rowHeight = grid.querySelector('[role=row]').offsetHeight;
  const end = scroller.scrollTop + (files / columns) * rowHeight;
  const tasks = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  });
  observer.observe({ type: 'longtask' });
  const started = performance.now();
  let frames = 0;
  while (scroller.scrollTop < end) {
    const before = scroller.scrollTop;
    await new Promise((resolve) => requestAnimationFrame(resolve));
    scroller.scrollTop += pixels;
    frames += 1;
    if (scroller.scrollTop === before) break;
  }
  const ms = performance.now() - started;
  await new Promise((resolve) => setTimeout(resolve, 100));
  observer.disconnect();
  return { frames, ms, tasks };
}`;
