import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type MediaStore, openMediaStore } from '../../files/media-file/testing/media-store.ts';
import { checkSecrets } from './check-secrets.ts';
import { createSecretRepository } from './secret-repository.ts';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => letter.repeat(32)) as [string, string, string];
const REFUSED = 'URL_SIGNING_SECRET: differs from that of the other processes of the CMS';

let store: MediaStore;
let check: (...secrets: string[]) => Promise<void>;

beforeAll(async () => {
  store = await openMediaStore();
  check = (...secrets) => checkSecrets(secrets, createSecretRepository(store));
});
afterAll(() => store.close());
beforeEach(() => createSecretRepository(store).forgetAll());

test('a process with another secret does not start', async () => {
  await check(A);
  await check(A);
  await expect(check(B)).rejects.toThrow(REFUSED);
  await check(A);
});

test('of processes with different secrets that start at once, one starts', async () => {
  const started = await Promise.allSettled([A, B, C].map((secret) => check(secret)));
  expect(started.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a rotation goes through both secrets, and ends with the new one only', async () => {
  await check(A);
  await check(B, A);
  // One of the old processes starts again, before all have both.
  await check(A);
  await check(B, A);
  await check(B);
  await expect(check(A)).rejects.toThrow(REFUSED);
});

test('a leaked secret is replaced without a rotation after the old one was forgotten', async () => {
  await check(A);
  await createSecretRepository(store).forgetAll();
  await check(B);
  await expect(check(A)).rejects.toThrow(REFUSED);
});

test('the database does not contain the secret', async () => {
  await check(A);
  const { rows } = await store.pool.query('SELECT fingerprint FROM secret_fingerprints');
  expect(rows).toEqual([{ fingerprint: expect.stringMatching(/^[\w-]{22}$/) }]);
});
