import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Graph } from './graph.ts';

interface Opened extends BrowserContextOptions {
  /** Below `/library`. */
  readonly path?: string;
}

/**
 * The media library in a new window of the browser, as an editor of the store of `graph` sees it. The requests get its
 * token from the browser: in development, the library itself signs nobody in.
 */
export async function openLibrary(
  browser: Browser,
  { gatewayUrl, graph, path = '/', ...options }: Opened & { gatewayUrl: string; graph: Graph },
) {
  const context = await browser.newContext({
    viewport: { width: 1_400, height: 900 },
    locale: 'en-GB',
    extraHTTPHeaders: { authorization: graph.headers.authorization },
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(`${gatewayUrl}/library${path}`);

  return {
    page,
    context,
    /** The errors and warnings that the browser reports. */
    complaints,
    checkAccessibility: () => checkPage(page),
    close: () => context.close(),
  };
}
export type LibraryPage = Awaited<ReturnType<typeof openLibrary>>;

/**
 * Nothing is wrong for people who use assistive technology: WCAG 2.2 AA, as far as a program can tell. Again while
 * something appears or disappears: what is half transparent has too little contrast.
 */
export async function checkPage(page: Page): Promise<void> {
  const violations = async () => {
    const result = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    return result.violations.map(({ id, nodes }) => [
      id,
      nodes.map(({ html }) => html).slice(0, 3),
    ]);
  };
  await expect.poll(violations, { interval: 500, timeout: 10_000 }).toEqual([]);
}

/** Whether a click in the middle of an element hits it: whatever covers it would get the click. */
export const isHit = (target: Locator): Promise<boolean> =>
  target.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    const hit = element.ownerDocument.elementFromPoint(x + width / 2, y + height / 2);
    return element.contains(hit);
  });
