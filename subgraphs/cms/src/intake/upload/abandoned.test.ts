import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { drawJpeg } from '../../files/media-file/testing/draw-jpeg.ts';
import { type RunningCms, runCms } from '../../files/media-file/testing/running-cms.ts';
import { openRequest } from './testing/open-request.ts';
import { createStagedClient } from './testing/staged-client.ts';

// What a client learns that hangs up or waits no longer, and what is left then: nothing before the commit of its
// upload; after it, the file.

const PAYLOAD = `mediaFile { id version usages { totalCount } } userErrors { code message field }`;
const UPLOAD = `mutation ($input: UploadMediaInput!) { it: uploadMedia(input: $input) { ${PAYLOAD} reused } }`;
const REPLACE = `mutation ($input: ReplaceMediaContentInput!) { it: replaceMediaContent(input: $input) { ${PAYLOAD} } }`;
const COMPLETE = `mutation ($input: CompleteStagedUploadInput!) {
  it: completeStagedUpload(input: $input) { ${PAYLOAD} reused }
}`;
const UPLOAD_FILES = `mutation ($input: [UploadMediaInput!]!) { it: uploadMediaFiles(input: $input) { ${PAYLOAD} } }`;
/** Everything before the step that is held takes less, also on a busy machine. */
const LIMIT_MS = 4_000;
/** Long enough for a commit on a busy machine, and shorter than an idle transaction may hold a lock. */
const LATE_MS = 7_000;
/** The server notices the end of a connection, and a time limit, within it. */
const NOTICED_MS = 1_000;
const TIMEOUT = { extensions: { code: 'TIMEOUT' } };

let cms: RunningCms;
let jpeg: Uint8Array<ArrayBuffer>;
let before: Awaited<ReturnType<RunningCms['traces']>>;
/** Where an upload waits; undefined: it does not. */
const held: { verification?: Promise<void>; publication?: Promise<void> } = {};
let release = () => {};
/** The files that were published. */
let published = 0;
let lock: pg.PoolClient | undefined;

beforeAll(async () => {
  cms = await runCms({
    verifying: async ({ originalFilename }) => {
      if (originalFilename !== 'quick.jpg') await held.verification;
    },
    published: async () => {
      published += 1;
      await held.publication;
    },
  });
});
afterAll(() => cms.close());
beforeEach(async () => {
  jpeg = await drawJpeg();
  // Creates the row of the store.
  await cms.upload(await drawJpeg());
  await settled();
  before = await cms.traces();
  cms.verified.length = 0;
  published = 0;
});
afterEach(async () => {
  release();
  delete held.verification;
  delete held.publication;
  await unlock();
  await settled();
  await cms.store.pool.query('TRUNCATE stores, media_files, uploads, idempotency_keys CASCADE');
});

function hold(step: keyof typeof held) {
  const { promise, resolve } = Promise.withResolvers<void>();
  held[step] = promise;
  release = resolve;
}

/** Another transaction holds what the statement locks. */
async function holdLock(statement: string) {
  lock = await cms.store.jobsPool.connect();
  await lock.query('BEGIN');
  await lock.query(statement);
}
async function unlock() {
  await lock?.query('ROLLBACK');
  lock?.release();
  lock = undefined;
}
const COMMITS = `SELECT FROM stores WHERE id = 'ours' FOR UPDATE`;
const RESERVATIONS = 'LOCK TABLE uploads IN EXCLUSIVE MODE';
/** Read by the response. */
const USAGES = 'LOCK TABLE media_usages IN ACCESS EXCLUSIVE MODE';

const soon = (isSo: () => boolean | Promise<boolean>) => vi.waitUntil(isSo, { timeout: 20_000 });
const isWaitingForLock = () =>
  soon(async () => {
    const { rowCount } = await cms.store.jobsPool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rowCount === 1;
  });
const isVerifying = () => soon(() => cms.verified.length > 0);
const isPublished = () => soon(() => published > 0);
const fileCount = () => cms.store.count('media_files');
const states = async () =>
  (await cms.store.pool.query<{ state: string }>('SELECT state FROM uploads')).rows.map(
    ({ state }) => state,
  );
/** No upload is in progress. */
const settled = () =>
  soon(async () =>
    (await states()).every((state) => !['RESERVED', 'ABANDONED', 'PROCESSING'].includes(state)),
  );

/** Neither rows nor bytes, and what was held has no effect any more. */
async function expectNothingLeft() {
  // A folder that is removed meanwhile cannot be listed.
  const traces = () => cms.traces().catch(() => null);
  await soon(async () => JSON.stringify(await traces()) === JSON.stringify(before));
  release();
  await unlock();
  await sleep(300);
  expect(await cms.traces()).toEqual(before);
}

interface Step {
  readonly hold: () => void | Promise<void>;
  readonly reached: () => Promise<unknown>;
  /** Publishing a file is not interrupted: what follows it is not done. */
  readonly isFinished?: true;
}
const BEFORE_COMMIT: [string, Step][] = [
  [
    'before verification',
    { hold: () => holdLock(RESERVATIONS), reached: () => isWaitingForLock() },
  ],
  ['during verification', { hold: () => hold('verification'), reached: isVerifying }],
  [
    'between verification and commit',
    { hold: () => hold('publication'), reached: isPublished, isFinished: true },
  ],
  ['during the commit', { hold: () => holdLock(COMMITS), reached: () => isWaitingForLock() }],
];

test.each(BEFORE_COMMIT)('a client that hangs up %s leaves no file', async (_step, step) => {
  await step.hold();
  const { hangUp } = await openRequest(cms, UPLOAD, { file: jpeg });
  await step.reached();
  hangUp();
  if (step.isFinished) setTimeout(release, NOTICED_MS);
  await expectNothingLeft();
});

test.each(BEFORE_COMMIT)('a TIMEOUT %s means that there is no file', async (_step, step) => {
  await step.hold();
  const input = { idempotencyKey: 'a key' };
  const sent = await openRequest(cms, UPLOAD, { input, file: jpeg, timeoutMs: LIMIT_MS });
  await step.reached();
  if (step.isFinished) setTimeout(release, LIMIT_MS + NOTICED_MS);
  const { data, errors } = await sent.answer();
  expect(data).toBeNull();
  expect(errors).toMatchObject([TIMEOUT]);
  await expectNothingLeft();
  const again = await openRequest(cms, UPLOAD, { input, file: jpeg });
  expect(await again.answer()).toMatchObject({ data: { it: { reused: false, userErrors: [] } } });
  expect(await fileCount()).toBe(2);
});

test('after the commit the response arrives, although the time is over', async () => {
  await holdLock(USAGES);
  const sentAt = performance.now();
  const sent = await openRequest(cms, UPLOAD, { file: jpeg, timeoutMs: LATE_MS });
  await isWaitingForLock();
  await soon(() => performance.now() - sentAt > LATE_MS + 500);
  await unlock();
  const { data, errors } = await sent.answer();
  expect(errors).toBeUndefined();
  expect(data!['it'].mediaFile).toMatchObject({ version: 1, usages: { totalCount: 0 } });
  expect(await fileCount()).toBe(2);
});

test('a client that hangs up after the commit gets the same file with the same key', async () => {
  await holdLock(USAGES);
  const input = { idempotencyKey: 'a key' };
  const { hangUp } = await openRequest(cms, UPLOAD, { input, file: jpeg });
  await isWaitingForLock();
  hangUp();
  await unlock();
  expect(await fileCount()).toBe(2);
  const again = await openRequest(cms, UPLOAD, { input, file: jpeg });
  const { data } = await again.answer();
  expect(data!['it']).toMatchObject({ userErrors: [], mediaFile: { version: 1 } });
  expect(await fileCount()).toBe(2);
});

test('of several files the response names those that were not stored in time', async () => {
  hold('verification');
  const body = (name: string) => new File([jpeg], name, { type: 'image/jpeg' });
  const form = new FormData();
  const variables = { input: [{ file: null }, { file: null }] };
  form.set('operations', JSON.stringify({ query: UPLOAD_FILES, variables }));
  form.set('map', '{"0":["variables.input.0.file"],"1":["variables.input.1.file"]}');
  form.set('0', body('quick.jpg'));
  form.set('1', body('slow.jpg'));
  const response = await fetch(`${cms.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: await cms.authorization(),
      'apollo-require-preflight': 'true',
      'x-request-timeout-ms': String(LIMIT_MS),
    },
    body: form,
  });
  const { data, errors } = (await response.json()) as { data: { it: object[] }; errors?: object };
  expect(errors).toBeUndefined();
  expect(data.it).toMatchObject([
    { mediaFile: { usages: { totalCount: 0 } }, userErrors: [] },
    {
      mediaFile: null,
      userErrors: [{ code: 'UPLOAD_INCOMPLETE', field: ['input', '1', 'file'] }],
    },
  ]);
  release();
  await settled();
  expect(await fileCount()).toBe(2);
});

test.each([
  ['verification', isVerifying, 'STAGED'],
  // Then the bytes are not staged any more.
  ['publication', isPublished, 'AWAITED'],
] as const)(
  'a staged upload whose client hangs up during its %s can be completed again',
  async (step, reached, state) => {
    const client = createStagedClient(cms);
    const { id, url } = await client.stage(jpeg);
    await client.put(url, jpeg);
    hold(step);
    const sent = await openRequest(cms, COMPLETE, { input: { id } });
    await reached();
    sent.hangUp();
    setTimeout(release, NOTICED_MS);
    await soon(
      async () => (await states()).toSorted().join() === [state, 'DONE'].toSorted().join(),
    );
    await sleep(NOTICED_MS);
    expect(await fileCount()).toBe(1);
    delete held[step];
    if (state === 'AWAITED') await client.put(url, jpeg);
    expect(await client.complete({ id })).toMatchObject({ mediaFile: { id }, userErrors: [] });
    expect(await fileCount()).toBe(2);
  },
);

test.each([
  ['verification', isVerifying],
  ['publication', isPublished],
] as const)(
  'a completion whose time limit is near during its %s goes on after its response',
  async (step, reached) => {
    const client = createStagedClient(cms);
    const { id, url } = await client.stage(jpeg);
    await client.put(url, jpeg);
    hold(step);
    const sent = await openRequest(cms, COMPLETE, { input: { id }, timeoutMs: LIMIT_MS });
    await reached();
    const { data, errors } = await sent.answer();
    expect(errors).toBeUndefined();
    expect(data!['it']).toMatchObject({ mediaFile: { id, version: 1 }, userErrors: [] });
    expect((await states()).toSorted()).toEqual(['DONE', 'PROCESSING']);
    release();
    await soon(async () => (await states()).join() === 'DONE,DONE');
    expect(await fileCount()).toBe(2);
  },
);

test.each(BEFORE_COMMIT.slice(1, 3))(
  'a replacement that ends %s leaves the file unchanged',
  async (_step, step) => {
    const { mediaFile } = await cms.upload(await drawJpeg());
    before = await cms.traces();
    cms.verified.length = 0;
    published = 0;
    await step.hold();
    const input = { id: mediaFile.id };
    const sent = await openRequest(cms, REPLACE, { input, file: jpeg, timeoutMs: LIMIT_MS });
    await step.reached();
    if (step.isFinished) setTimeout(release, LIMIT_MS + NOTICED_MS);
    expect((await sent.answer()).errors).toMatchObject([TIMEOUT]);
    await expectNothingLeft();
    const { data } = await cms.graphql(
      `query ($id: ID!) { mediaFile(id: $id) { version } }`,
      input,
    );
    expect(data!['mediaFile']).toEqual({ version: 1 });
  },
);
