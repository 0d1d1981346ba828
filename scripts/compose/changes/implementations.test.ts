import { expect, test } from 'vitest';
import { found } from './testing/changes.ts';

test('a new type of a known interface is as dangerous as a new member of a union', () => {
  const before = 'interface I { x: ID } type A implements I { x: ID }';
  expect(found(before, `${before} type B implements I { x: ID }`)).toEqual([
    'dangerous IMPLEMENTED_INTERFACE_ADDED B.I',
    'safe ADDED B',
  ]);
  expect(found('', before)).toEqual(['safe ADDED I', 'safe ADDED A']);
});
