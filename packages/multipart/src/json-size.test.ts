import { expect, test } from 'vitest';
import { excessOf } from './json-size.ts';

const limits = { maxValues: 5, maxDepth: 3 };
const VALUES = 'The JSON has too many values. The maximum is 5 (MAX_VARIABLE_VALUES).';
const DEPTH = 'The JSON is nested too deeply. The maximum is 3 levels (MAX_VARIABLE_DEPTH).';
const KEY = 'A JSON key is too long. The maximum is 256 characters.';

test.each([
  '[1,2,3,4,5]',
  '{"a":1,"b":[2,3],"c":4}',
  '[[[1]],[]]',
  '"[[[[,,,,,,"',
  String.raw`["\"[[[[","\\",",,,,,,"]`,
  `{"${'k'.repeat(255)}":"${'v'.repeat(1_000)}"}`,
  '',
  'null',
])('%.40s is within the limits', (text) => {
  expect(excessOf(text, limits)).toBeUndefined();
});

test.each([
  ['[1,2,3,4,5,6]', VALUES],
  ['{"a":1,"a":1,"a":1,"a":1,"a":1,"a":1}', VALUES],
  ['[[],[],[],[],[]]', VALUES],
  [String.raw`["\\",",",1,1,1,1]`, VALUES],
  ['[[[[', DEPTH],
  ['{"a":{"b":{"c":{}}}}', DEPTH],
  [`{"${'k'.repeat(256)}" :1}`, KEY],
  [`{"a":1,"${'k'.repeat(1_000_000)}":1}`, KEY],
])('%.40s is too large', (text, why) => {
  expect(excessOf(text, limits)?.message).toBe(why);
});

test('leaves an unclosed string to the parser', () => {
  expect(excessOf(`"${'\\"'.repeat(500_000)}`, limits)).toBeUndefined();
});
