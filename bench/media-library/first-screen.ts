import { setTimeout as sleep } from 'node:timers/promises';
import type { openChromium } from '../../test/support/chromium.ts';

export interface Target {
  readonly url: string;
  readonly token: string;
}
/** A new window keeps Chromium itself busy for a while. */
const WINDOW_MS = 3_000;

type Browser = Awaited<ReturnType<typeof openChromium>>;

/** A new window, as of an editor of the store of the token. */
export async function openWindow(browser: Browser, { token }: Target) {
  const context = await browser.newContext({
    viewport: { width: 1_400, height: 900 },
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
  });
  const page = await context.newPage();
  await sleep(WINDOW_MS);
  return { context, page };
}

/** Milliseconds from the navigation to the moment when all thumbnails of the first screen are shown, without caches. */
export async function measureFirstScreen(browser: Browser, target: Target): Promise<number> {
  const { context, page } = await openWindow(browser, target);
  await page.goto(target.url, { waitUntil: 'commit' });
  const time: unknown = await page.evaluate(UNTIL_SHOWN);
  await context.close();
  if (typeof time !== 'number') throw new Error('The page reports no time.');
  return time;
}

/** Runs in the page. Not a function for `waitForFunction`, which the content security policy would not allow. */
const UNTIL_SHOWN = `(async () => {
  for (;;) {
    const images = [...document.querySelectorAll('[role=grid] img')].filter((image) => {
      const { top, bottom } = image.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
    const areShown = images.length >= 8 && images.every((image) => image.complete && image.naturalWidth > 0);
    if (areShown) return performance.now();
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
})()`;
