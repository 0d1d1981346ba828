import { resolve } from 'node:path';
import { z } from 'zod';
import { LOG_LEVELS } from './logger.ts';

/** All problems of the settings, so that they can be fixed at once. */
export class SettingsError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`Invalid settings:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
    this.problems = problems;
  }

  /** The same problems, for a process with several modules. */
  of(module: string): SettingsError {
    return new SettingsError(this.problems.map((problem) => `${problem} (${module})`));
  }
}

/**
 * Validates the environment with `schema`. An empty setting counts as not set.
 * @throws SettingsError with every invalid setting
 */
export function readSettings<Schema extends z.ZodType>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const set = Object.entries(env).filter(([, value]) => value !== undefined && value !== '');
  const result = schema.safeParse(Object.fromEntries(set));
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map(({ path, message }) =>
      path.length > 0 ? `${path.join('.')}: ${message}` : message,
    ),
  );
}

const UNITS = new Map([
  ['', 1],
  ['B', 1],
  ['KB', 1e3],
  ['MB', 1e6],
  ['GB', 1e9],
  ['TB', 1e12],
  ['KIB', 2 ** 10],
  ['MIB', 2 ** 20],
  ['GIB', 2 ** 30],
  ['TIB', 2 ** 40],
]);

/** A size such as `20GiB` in bytes; undefined for any other text, and for 0. */
export function parseBytes(text: string): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text.trim()) ?? [];
  const factor = UNITS.get((unit ?? '').toUpperCase());
  if (amount === undefined || factor === undefined) return undefined;
  const bytes = Math.floor(Number(amount) * factor);
  return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined;
}

/** A TCP port; 0 selects a free port. */
export const portSetting = (defaultPort: number) =>
  z.coerce
    .number({ error: 'must be a port, 0 to 65535' })
    .int('must be a port, 0 to 65535')
    .min(0, 'must be a port, 0 to 65535')
    .max(65_535, 'must be a port, 0 to 65535')
    .default(defaultPort);

/** A size such as `1048576`, `200 MB` or `5GiB`, in bytes. */
export const byteSetting = (defaultBytes: number) => byteSize.default(defaultBytes);

/** An optional size in bytes. */
export const optionalByteSetting = () => byteSize.optional();

/** The size of a cache in bytes; 0 turns it off. */
export const cacheSizeSetting = (defaultBytes: number) => cacheSize.default(defaultBytes);

const sizeOf = (read: (text: string) => number | undefined) =>
  z.string().transform((text, context) => {
    const bytes = read(text);
    if (bytes !== undefined) return bytes;
    context.addIssue({ code: 'custom', message: 'must be a size such as 200 MB or 5GiB' });
    return z.NEVER;
  });

const byteSize = sizeOf(parseBytes);
const cacheSize = sizeOf((text) => (text.trim() === '0' ? 0 : parseBytes(text)));

/** A duration in milliseconds, more than zero and at most a day. */
export const millisecondsSetting = (defaultMilliseconds: number) =>
  z.coerce
    .number({ error: 'must be a number of milliseconds' })
    .int('must be a whole number of milliseconds')
    .min(1, 'must be at least 1 ms')
    .max(86_400_000, 'must be at most a day')
    .default(defaultMilliseconds);

/** A whole number of seconds, from `min` to `max`. */
export function secondsSetting(seconds: { byDefault: number; min: number; max: number }) {
  const { byDefault, min, max } = seconds;
  const error = `must be a whole number of seconds, ${min} to ${max}`;
  return z.coerce.number({ error }).int(error).min(min, error).max(max, error).default(byDefault);
}
/** A whole number, at least 1 and at most `atMost`. */
export const countSetting = ({ byDefault, atMost }: { byDefault: number; atMost: number }) =>
  z.coerce
    .number({ error: 'must be a number' })
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(atMost, `must be at most ${atMost}`)
    .default(byDefault);

/** Comma-separated names; spaces around them are ignored. */
export const listSetting = () =>
  z.string({ error: 'must be set' }).transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

/** An http or https URL; trailing slashes are removed. */
export const urlSetting = () =>
  z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .transform((url) => url.replace(/\/+$/, ''));

/** The beginning of URLs for clients, also with a path. Their own path and query are appended to it. */
export const publicUrlSetting = () =>
  urlSetting().refine(
    (url) => {
      const { search, hash, username, password } = URL.parse(url) ?? {};
      return !search && !hash && !username && !password;
    },
    { error: 'must not have credentials, a query or a fragment: paths are appended to it' },
  );

export const MIN_SECRET_LENGTH = 32;

/** One secret or, during a rotation, several separated by commas; each of at least 32 characters. */
export const secretSetting = () =>
  z
    .string()
    .refine(
      (text) => text.split(',').every((secret) => secret.trim().length >= MIN_SECRET_LENGTH),
      {
        error: `must be at least ${MIN_SECRET_LENGTH} characters`,
      },
    )
    .optional();

/** An optional time in milliseconds, 0 to `max`. */
function timeSetting(max: number) {
  const error = `must be a whole number of milliseconds, 0 to ${max}`;
  return z.coerce.number({ error }).int(error).min(0, error).max(max, error).optional();
}

const MAX_SHUTDOWN_DELAY_MS = 300_000;
const MAX_SHUTDOWN_GRACE_MS = 3_600_000;

/** The settings that all processes read. */
export const platformSettings = {
  NODE_ENV: z.string().default('development'),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` })
    .default('info'),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z
    .string()
    .default('.data')
    .transform((folder) => resolve(folder)),
  INTERNAL_SECRET: secretSetting(),
  INTERNAL_KEYS: z.string().optional(),
  MAX_BODY_BYTES: byteSetting(1e6),
  SHUTDOWN_DELAY_MS: timeSetting(MAX_SHUTDOWN_DELAY_MS),
  SHUTDOWN_GRACE_MS: timeSetting(MAX_SHUTDOWN_GRACE_MS),
};

/** Instead of INTERNAL_SECRET, the keys of one module. */
const ALTERNATIVES: ReadonlyMap<string, string> = new Map([['INTERNAL_SECRET', 'INTERNAL_KEYS']]);

/** Reports missing `names` in production, together with all other problems. */
export const requiredInProduction = <Schema extends z.ZodType<{ NODE_ENV: string }>>(
  schema: Schema,
  names: readonly string[],
): Schema =>
  names.reduce((checked, name) => {
    const other = ALTERNATIVES.get(name);
    const isSet = (given: object) =>
      Reflect.get(given, name) !== undefined ||
      (other !== undefined && Reflect.get(given, other) !== undefined);
    return checked.refine((given) => !isProduction(given) || isSet(given), {
      path: [name],
      error: `must be set in production${other ? `, or ${other}` : ''}`,
      when: () => true,
    });
  }, schema);

export const isProduction = ({ NODE_ENV }: { NODE_ENV: string }): boolean =>
  NODE_ENV === 'production';
