import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  SettingsError,
  byteSetting,
  cacheSizeSetting,
  listSetting,
  portSetting,
  readSettings,
  urlSetting,
} from './settings.ts';

const schema = z.object({
  PORT: portSetting(4000),
  LIMIT: byteSetting(100),
  NAMES: listSetting().optional(),
  URL: urlSetting().optional(),
});

test('all problems are reported together, each with its setting', () => {
  const env = { PORT: '70000', LIMIT: '-5', URL: 'ftp://x' };
  try {
    readSettings(schema, env);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(SettingsError);
    expect(error instanceof SettingsError && error.problems).toEqual([
      expect.stringContaining('PORT: must be a port'),
      expect.stringContaining('LIMIT: must be a size'),
      expect.stringContaining('URL: must be an http or https URL'),
    ]);
  }
});

test('an empty setting counts as not set', () => {
  expect(readSettings(schema, { PORT: '', LIMIT: '' })).toEqual({ PORT: 4000, LIMIT: 100 });
});

test.each([
  ['1048576', 1_048_576],
  ['200 MB', 200e6],
  ['5GiB', 5 * 2 ** 30],
  ['1.5 KiB', 1536],
])('%s is a size', (text, bytes) => {
  expect(readSettings(schema, { LIMIT: text }).LIMIT).toBe(bytes);
});

test.each(['', ' ', '0', '5 apples', 'MB', '1e9', '99999999999999 TiB'])(
  '"%s" is not a size',
  (text) => {
    if (text === '') expect(readSettings(schema, { LIMIT: text }).LIMIT).toBe(100);
    else expect(() => readSettings(schema, { LIMIT: text })).toThrow(SettingsError);
  },
);

test('a cache of size 0 is off', () => {
  const caches = z.object({ CACHE: cacheSizeSetting(100) });
  const sizeOf = (CACHE?: string) => readSettings(caches, { CACHE }).CACHE;
  expect([sizeOf('0'), sizeOf('2 KB'), sizeOf()]).toEqual([0, 2000, 100]);
  expect(() => sizeOf('-1')).toThrow(SettingsError);
});

test('names are separated by commas, and spaces are ignored', () => {
  expect(readSettings(schema, { NAMES: 'cms, catalog ,,' }).NAMES).toEqual(['cms', 'catalog']);
});
