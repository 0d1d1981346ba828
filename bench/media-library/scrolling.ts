import { z } from 'zod';
import type { openChromium } from '../../test/support/chromium.ts';
import { type Target, openWindow } from './first-screen.ts';

type Browser = Awaited<ReturnType<typeof openChromium>>;

const STEPS = 10;
/** As fast as a wheel that is turned on and on: 120 pixels in each of 60 frames. */
const PIXELS_PER_SECOND = 7_200;
/** In the middle of the grid. */
const POINTER = { x: 800, y: 500 };

const Grid = z.object({ columns: z.number().positive(), rowHeight: z.number().positive() });
const Scrolled = z.object({
  frames: z.number(),
  ms: z.number(),
  tasks: z.array(z.number()),
  pixels: z.number(),
});

export interface Scrolling {
  /** Per second. */
  readonly frames: number;
  /** The milliseconds of each task that took longer than 50 ms. */
  readonly tasks: readonly number[];
  /** Bytes of the JavaScript heap after garbage collection: after a tenth, and at the end. */
  readonly heaps: { readonly early: number; readonly late: number };
}

/** Scrolls over `files` files with the wheel. */
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
  const { columns, rowHeight } = Grid.parse(await page.evaluate(READ_GRID));
  const pixels = Math.ceil(files / STEPS / columns) * rowHeight;

  async function scroll() {
    await page.evaluate(START);
    await protocol.send('Input.synthesizeScrollGesture', {
      ...POINTER,
      yDistance: -pixels,
      speed: PIXELS_PER_SECOND,
      gestureSourceType: 'mouse',
      preventFling: true,
    });
    const scrolled = Scrolled.parse(await page.evaluate(END));
    if (scrolled.pixels < pixels)
      throw new Error(`It scrolled ${scrolled.pixels} px of ${pixels}.`);
    // What is still being read arrives.
    await page.waitForLoadState('networkidle');
    return scrolled;
  }

  const steps = [await scroll()];
  const early = await heapBytes();
  // Not measured: a collection that is asked for also drops compiled code, which is compiled again here.
  await scroll();
  while (steps.length < STEPS) steps.push(await scroll());
  const heaps = { early, late: await heapBytes() };
  await context.close();
  const sum = (value: 'frames' | 'ms') => steps.reduce((total, step) => total + step[value], 0);
  return {
    frames: (sum('frames') / sum('ms')) * 1_000,
    tasks: steps.flatMap(({ tasks }) => tasks),
    heaps,
  };
}

/** These run in the page. */
const READ_GRID = `(() => {
  const grid = document.querySelector('[role=grid]');
  const columns = Number(grid.getAttribute('aria-colcount'));
  return { columns, rowHeight: grid.querySelector('[role=row]').offsetHeight };
})()`;

/** Counts frames until `END`. Scripts that scroll would force layouts, which a wheel does not. */
const START = `(() => {
  let scroller = document.querySelector('[role=grid]');
  while (getComputedStyle(scroller).overflowY === 'visible') scroller = scroller.parentElement;
  const tasks = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  });
  observer.observe({ type: 'longtask' });
  let frames = 0;
  let isOver = false;
  const count = () => {
    frames += 1;
    if (!isOver) requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  const [started, top] = [performance.now(), scroller.scrollTop];
  window.endMeasurement = async () => {
    const ms = performance.now() - started;
    const pixels = scroller.scrollTop - top;
    const measured = { frames, ms, pixels };
    isOver = true;
    await new Promise((resolve) => setTimeout(resolve, 100));
    observer.disconnect();
    return { ...measured, tasks };
  };
})()`;

const END = 'endMeasurement()';
