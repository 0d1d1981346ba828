import { expect, test } from 'vitest';
import { cpuSecondsOf } from '../../testing/cpu-time.ts';
import { backgroundOf } from './drawing-background.ts';

test.for([
  ['no-repeat green', 'green'],
  ['url(#a), #0080ff', '#0080ff'],
  ['linear-gradient(red, blue)', null],
  ['light-dark(rgb(0 128 0), #000)', 'rgb(0 128 0)'],
  ['light-dark(none, red)', null],
  ['rgb(0', null],
] as const)('of %s the colour is %s', async ([background, colour]) => {
  expect(await backgroundOf(`<svg style="background:${background}"/>`)).toBe(colour);
});

test('reads a background of very many words fast', async () => {
  const svg = `<svg style="background:${'a '.repeat(40_000)}red"/>`;
  const seconds = await cpuSecondsOf(async () => expect(await backgroundOf(svg)).toBe('red'));
  expect(seconds).toBeLessThan(1);
});
