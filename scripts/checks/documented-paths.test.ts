import { expect, test } from 'vitest';
import { deadPaths } from './documented-paths.ts';

const paths = ['gateway/src/plan.ts', 'docs/speed.md'];
const document = (text: string) => [{ path: 'README.md', text }];

test('a file that does not exist is found, with its line', () => {
  expect(deadPaths(document('one\nsee `gateway/src/plans.ts`.'), paths)).toEqual([
    'README.md:2: gateway/src/plans.ts does not exist.',
  ]);
});

test.each(['`gateway/src/plan.ts`', '`src/plan.ts`', '`plan.ts`', '`docs/`', '`a/b`', 'a/b.ts'])(
  '%s is no dead path',
  (text) => expect(deadPaths(document(text), paths)).toEqual([]),
);
