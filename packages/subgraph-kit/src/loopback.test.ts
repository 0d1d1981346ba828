import { expect, test } from 'vitest';
import { isLoopback } from './loopback.ts';

test.each([
  'localhost',
  'LOCALHOST:4000',
  '127.0.0.1',
  '127.1.2.3:80',
  '::1',
  '[::1]',
  '[::1]:4000',
  '::ffff:127.0.0.1',
])('%s is the loopback interface', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each([
  '',
  'localhost.example.com',
  '128.0.0.1',
  '127.0.0.1.example.com',
  '::',
  '0.0.0.0',
  '10.127.0.0',
])('%j is not the loopback interface', (host) => {
  expect(isLoopback(host)).toBe(false);
});
