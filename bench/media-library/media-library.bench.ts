import { loadavg } from 'node:os';
import { mintClientToken } from '@federated-media/stack/client-token';
import pg from 'pg';
import { noBrowser, openChromium } from '../../test/support/chromium.ts';
import { seedLibrary } from '../library/seed.ts';
import { median, quantile } from '../load.ts';
import { processes } from '../settings.ts';
import { withStack } from '../stack.ts';
import { megabytes, printTable, verdict } from '../table.ts';
import { uploadPhotographs } from './photographs.ts';
import { measureFirstScreen } from './first-screen.ts';
import { measureScrolling } from './scrolling.ts';

const STORE = { storeId: 'large', count: 200_000 };
/** The newest files have bytes: more than the first screen shows. */
const PHOTOGRAPHS = 60;
/** The first one renders the thumbnails; after the others, the processes run as they do on any day. */
const WARM_UPS = 5;
const OPENED = 9;
const SCROLLED_FILES = 20_000;
const MAX_FIRST_MS = 1_500;
const MAX_TASK_MS = 50;
const MIN_FRAMES = 58;
const MAX_GROWTH = 1.25;

/** Opens the media library in Chromium with 200,000 files: its first screen, and scrolling. */
export const run = () =>
  withStack({ env: { LOG_LEVEL: 'error' }, processes }, async (stack, { dataDir }) => {
    if (noBrowser) throw new Error(noBrowser);
    const database = new pg.Pool({ connectionString: stack.postgres.url('cms') });
    await seedLibrary(database, STORE);
    await database.query('VACUUM ANALYZE media_files');
    await database.query('VACUUM ANALYZE media_texts');
    await database.end();
    const identity = { subject: 'bench', scope: 'media:read media:write', lifeSeconds: 7_200 };
    const request = { ...identity, storeId: STORE.storeId };
    const token = await mintClientToken(request, { env: {}, dataDir });
    await uploadPhotographs(stack.gatewayUrl, { token, count: PHOTOGRAPHS });

    const browser = await openChromium();
    const [load = 0] = loadavg();
    process.stdout.write(`\nLoad of the machine before the measurement: ${load.toFixed(1)}\n`);
    const target = { url: `${stack.gatewayUrl}/library/`, token };
    const times: number[] = [];
    for (let round = 0; round < WARM_UPS + OPENED; round += 1) {
      const time = await measureFirstScreen(browser, target);
      if (round >= WARM_UPS) times.push(time);
    }
    const { frames, tasks, heaps } = await measureScrolling(browser, {
      ...target,
      files: SCROLLED_FILES,
    });
    await browser.close();

    const longest = Math.max(0, ...tasks);
    const { early, late } = heaps;
    printTable(`The media library with ${STORE.count} files`, [
      ['', 'measured', 'limit'],
      [
        'first thumbnails visible, p50',
        `${median(times).toFixed(0)} ms`,
        `at most ${MAX_FIRST_MS} ms: ${verdict(median(times) <= MAX_FIRST_MS)}`,
      ],
      [
        'frames per second while scrolling',
        frames.toFixed(1),
        `at least ${MIN_FRAMES}: ${verdict(frames >= MIN_FRAMES)}`,
      ],
      [
        'long tasks while scrolling',
        `${tasks.length}, p95 ${quantile(tasks, 0.95).toFixed(0)} ms, longest ${longest.toFixed(0)} ms`,
        `at most ${MAX_TASK_MS} ms: ${verdict(longest <= MAX_TASK_MS)}`,
      ],
      [
        `heap after ${SCROLLED_FILES} files`,
        `${megabytes(early)} after a tenth, ${megabytes(late)} at the end`,
        `at most ${MAX_GROWTH} x: ${verdict(late <= early * MAX_GROWTH)}`,
      ],
    ]);
  });
