import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const executablePath = [
  process.env['CHROMIUM_PATH'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
]
  .filter((path) => path !== undefined)
  .find((path) => existsSync(path));

/** Why tests in a browser are skipped here; null if they run. */
export const noBrowser = executablePath
  ? null
  : 'no Chromium here: install it, or say where it is with CHROMIUM_PATH';

export const openChromium = (): Promise<Browser> =>
  chromium.launch({
    ...(executablePath && { executablePath }),
    // Without it, Chromium cannot read files whose names have other characters than ASCII.
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
