import { expect, test } from 'vitest';
import type { Finding } from './finding.ts';
import { toAnnotations, toJson, toText } from './report.ts';

const error: Finding = {
  severity: 'error',
  about: 'change',
  code: 'FIELD_REMOVED',
  coordinate: 'Shelf.room',
  message: 'Shelf.room was removed.',
  places: [{ file: 'subgraphs/a,b/src/shelf.graphql', line: 7 }],
  fix: 'Put it back.',
};
const note: Finding = { ...error, severity: 'note', code: 'ADDED', places: [], fix: null };
const warning: Finding = { ...note, severity: 'warning' };
const against = 'main (12345678)';

test('people read what, where and how to mend it, the worst last', () => {
  expect(toText({ against, findings: [error, note] })).toBe(
    `note    ADDED Shelf.room
  | Shelf.room was removed.

error   FIELD_REMOVED Shelf.room
  | at subgraphs/a,b/src/shelf.graphql:7
  | Shelf.room was removed.
  | → Put it back.

Compared with main (12345678): 1 error, 0 warnings, 1 note.`,
  );
});

test('what a schema says can neither give commands to a CI nor to a terminal', () => {
  const message = 'One.\n::stop-commands::x\n\u001B[2J\u0007 \t\r\u009B';
  const text = toText({ against, findings: [{ ...error, message }] });
  expect(text).toContain('  | ::stop-commands::x');
  expect(text).not.toMatch(/^\s*::/m);
  expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  const annotations = toAnnotations({ against, findings: [{ ...error, message }] });
  expect(annotations).not.toMatch(/\p{Cc}/u);
});

test('GitHub shows errors and warnings at their lines', () => {
  const places = [...error.places, { file: 'b.graphql', line: 1 }];
  const disagreement = { ...error, message: '100 %: gone', places };
  expect(toAnnotations({ against, findings: [note, warning, disagreement] })).toBe(
    `::error file=subgraphs/a%2Cb/src/shelf.graphql,line=7,title=FIELD_REMOVED::100 %25: gone%0APut it back.
::error file=b.graphql,line=1,title=FIELD_REMOVED::100 %25: gone%0APut it back.
::warning title=ADDED::Shelf.room was removed.`,
  );
});

test('programs read all of it', () => {
  expect(JSON.parse(toJson({ against, findings: [note, error] }))).toEqual({
    passed: false,
    against,
    counts: { errors: 1, warnings: 0, notes: 1 },
    findings: [error, note].map(({ fix, ...finding }) => ({ ...finding, mend: fix })),
  });
  expect(JSON.parse(toJson({ against, findings: [warning] }))).toMatchObject({ passed: true });
});
