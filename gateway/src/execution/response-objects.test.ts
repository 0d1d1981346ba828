import { expect, test } from 'vitest';
import { type ResponseObject, merge, visitObjects } from './response-objects.ts';

const parsed = (json: string) => JSON.parse(json) as ResponseObject;

test('what several subgraphs say of one object becomes one object', () => {
  const target = parsed(
    '{ "a": { "x": 1 }, "list": [{ "x": 1 }, null], "old": 1, "gone": { "x": 1 } }',
  );
  merge(
    target,
    parsed('{ "a": { "y": 2 }, "list": [{ "y": 2 }, { "y": 3 }], "old": 2, "gone": null }'),
  );
  expect(target).toEqual({
    a: { x: 1, y: 2 },
    list: [{ x: 1, y: 2 }, { y: 3 }],
    old: 2,
    gone: null,
  });
});

test('no key of an answer reaches what every object inherits', () => {
  const target = parsed('{ "constructor": 1 }');
  merge(target, parsed('{ "__proto__": { "polluted": true }, "toString": { "polluted": true } }'));
  merge(target, parsed('{ "__proto__": { "polluted": true }, "toString": { "more": true } }'));
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  expect(Object.hasOwn(Object.prototype.toString, 'more')).toBe(false);
  expect(Object.getPrototypeOf(target)).toBe(Object.prototype);
});

test('objects are found through lists of lists, with where they are', () => {
  const found: [unknown, unknown][] = [];
  const answer = parsed(
    '{ "shelves": [{ "rows": [[{ "id": 1 }, null], [{ "id": 2 }]] }, null, {}] }',
  );
  visitObjects(answer, ['shelves', '@', 'rows', '@', '@'], (object, trail) => {
    found.push([object, [...trail]]);
  });
  expect(found).toEqual([
    [{ id: 1 }, ['shelves', 0, 'rows', 0, 0]],
    [{ id: 2 }, ['shelves', 0, 'rows', 1, 0]],
  ]);
});
