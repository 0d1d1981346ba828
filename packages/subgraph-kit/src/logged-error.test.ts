import { pino } from 'pino';
import { expect, test } from 'vitest';
import { loggedError } from './logged-error.ts';

function logged(error: unknown): { line: string; err: Record<string, unknown> } {
  const lines: string[] = [];
  const logger = pino(
    { serializers: { err: loggedError } },
    { write: (line: string) => lines.push(line) },
  );
  logger.error({ err: error }, 'failed');
  const [line = ''] = lines;
  const { err } = JSON.parse(line) as { err: Record<string, unknown> };
  return { line, err };
}

test('an error is logged with its class, message, stack and cause', () => {
  const { err } = logged(new TypeError('no such file', { cause: new Error('gone') }));
  expect(err).toMatchObject({ type: 'TypeError', message: 'no such file: gone' });
  expect(err['stack']).toMatch(/^TypeError: no such file\n\s+at .*logged-error\.test\.ts.*\n/);
  expect(err['stack']).toContain('caused by: Error: gone');
});

test('properties of a database error are logged', () => {
  const error = Object.assign(new Error('duplicate key'), { code: '23505', table: 'products' });
  expect(logged(error).err).toMatchObject({ code: '23505', table: 'products' });
});

const long = 'x'.repeat(900_000);
test.each([
  ['its message', new Error(`Unexpected "${long}"`)],
  ['its cause', new Error('failed', { cause: new Error(long) })],
  ['a property', Object.assign(new Error('failed'), { detail: `Key (sku)=(${long}) exists` })],
  ['a nested property', Object.assign(new Error('failed'), { a: { b: [long, { c: long }] } })],
  ['one of its errors', new AggregateError([new Error(long)], 'failed')],
  ['many of its errors', new AggregateError(Array.from({ length: 900 }, () => new Error(long)))],
  ['its stack', Object.assign(new Error('failed'), { stack: `Error\n at ${long}\n`.repeat(99) })],
  ['the name of a property', Object.assign(new Error('failed'), { [long]: 1 })],
  ['what was thrown instead', long],
])('shortens input in %s', (_where, error) => {
  const { line } = logged(error);
  expect(line.length).toBeLessThan(40_000);
  expect(line).not.toMatch(/x{81}/);
});
