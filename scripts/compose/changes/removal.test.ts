import { expect, test } from 'vitest';
import { changes, found } from './testing/changes.ts';

const deprecated = (reason: string) => `type A { x: ID, y: ID @deprecated(reason: "${reason}") }`;

test.each([
  ['2026-11-24', 'dangerous', 'Its deprecation announced this from 2026-11-24 on.'],
  ['2026-11-25', 'breaking', 'It was promised until 2026-11-25.'],
])('a field that is removed after %s', (date, effect, reason) => {
  const [change] = changes(deprecated(`Use x. Gone from ${date} on.`), 'type A { x: ID }');
  expect(change).toMatchObject({ effect, code: 'FIELD_REMOVED', coordinate: 'A.y' });
  expect(change?.message).toContain(reason);
});

test('a deprecation without a date does not allow a removal or a changed type', () => {
  const [removed] = changes(deprecated('Use x.'), 'type A { x: ID }');
  expect(removed).toMatchObject({ effect: 'breaking', coordinate: 'A.y' });
  expect(removed?.message).toContain('has no date');
  expect(found(deprecated('Gone from 2020-01-01 on.'), 'type A { x: ID, y: Int }')[0]).toBe(
    'breaking FIELD_CHANGED_KIND A.y',
  );
});

test('an argument of a directive can be removed like a field, with its types', () => {
  const before = `enum E { A }
    directive @d(x: E @deprecated(reason: "Gone from 2026-01-01 on.")) on FIELD`;
  expect(found(before, 'directive @d on FIELD')).toEqual([
    'dangerous TYPE_REMOVED E',
    'dangerous DIRECTIVE_ARG_REMOVED @d(x:)',
  ]);
});

test('enum values and arguments can be removed like fields', () => {
  const before = `enum E { A B @deprecated(reason: "Gone from 2026-01-01 on.") }
    type A { x(y: ID @deprecated(reason: "Gone from 2026-01-01 on.")): ID }`;
  expect(found(before, 'enum E { A } type A { x: ID }')).toEqual([
    'dangerous VALUE_REMOVED_FROM_ENUM E.B',
    'dangerous ARG_REMOVED A.x(y:)',
  ]);
});

test.each([
  ['Use x. Deprecated on 2026-01-01. Gone from 2027-03-01 on.', 'breaking', '2027-03-01'],
  ['Gone from 2026-03-01 on. Replaced by x, which comes on 2027-01-01.', 'dangerous', '2026-03-01'],
  ['It will be gone\\n  from 2026-03-01 on.', 'dangerous', '2026-03-01'],
  ['Gone from 2026-01-01 on. Gone from 2027-03-01 on.', 'breaking', '2027-03-01'],
])('the date in the required form counts: %s', (reason, effect, date) => {
  const [change] = changes(deprecated(reason), 'type A { x: ID }');
  expect(change).toMatchObject({ effect, coordinate: 'A.y' });
  expect(change?.message).toContain(date);
});

test.each([
  'Deprecated on 2026-01-01.',
  'Gone from 2026-02-31 on.',
  'Gone from 2026-02-01.',
  'Gone from 2026-02-011 on.',
  'Gone after 2026-02-01.',
])('without a date of removal, removal is breaking: %s', (reason) => {
  const [change] = changes(deprecated(reason), 'type A { x: ID }');
  expect(change).toMatchObject({ effect: 'breaking', coordinate: 'A.y' });
  expect(change?.message).toContain('has no date');
});
