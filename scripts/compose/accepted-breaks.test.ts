import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@federated-media/stack/testing/temporary-folder';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { accept, readAcceptedBreaks, staleAcceptances } from './accepted-breaks.ts';
import type { Finding } from './finding.ts';

const today = '2026-11-24';
const entry = { code: 'FIELD_REMOVED', coordinate: 'Shelf.room', reason: 'Nobody asks for it.' };

const finding = (code: string, coordinate: string, severity: Finding['severity'] = 'error') => ({
  severity,
  about: 'change' as const,
  code,
  coordinate,
  message: 'Gone.',
  places: [],
  fix: 'Accept it.',
});
const gone = finding('FIELD_REMOVED', 'Shelf.room');

let root: string;
beforeEach(async () => {
  root = await temporaryFolder();
  await mkdir(join(root, 'gateway'));
});
afterEach(() => rm(root, { recursive: true }));

async function accepted(content: unknown) {
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
  await writeFile(join(root, 'gateway/accepted-breaks.json'), text);
  return readAcceptedBreaks(root);
}

test('a break that is accepted is a note with the reason; any other is as it was', async () => {
  const breaks = [
    gone,
    finding('FIELD_REMOVED', 'Shelf.floor'),
    finding('FIELD_CHANGED_KIND', 'Shelf.room'),
  ];
  expect(accept(breaks, { accepted: await accepted([entry]), today })).toEqual([
    { ...gone, severity: 'note', message: 'Gone. Accepted: Nobody asks for it.', fix: null },
    ...breaks.slice(1),
  ]);
});

test.each([
  ['2026-11-24', 'note', 'Gone. Accepted: Nobody asks for it.'],
  ['2026-11-23', 'error', 'Gone. It was accepted until 2026-11-23.'],
])('until %s', async (until, severity, message) => {
  const [weighed] = accept([gone], { accepted: await accepted([{ ...entry, until }]), today });
  expect(weighed).toMatchObject({ severity, message });
});

test('an entry that accepts nothing is told with its line', async () => {
  const list = await accepted([entry, { ...entry, coordinate: 'Shelf.floor' }]);
  expect(staleAcceptances([gone], list)).toMatchObject([
    {
      severity: 'warning',
      coordinate: 'Shelf.floor',
      places: [{ file: 'gateway/accepted-breaks.json', line: 9 }],
    },
  ]);
  expect(staleAcceptances([finding('FIELD_REMOVED', 'Shelf.room', 'warning')], list)).toHaveLength(
    2,
  );
});

test.each([
  ['{'],
  [{ accepted: [] }],
  [[{ code: 'FIELD_REMOVED', coordinate: 'Shelf.room' }]],
  [[{ ...entry, reason: '  ' }]],
  [[{ ...entry, until: 'soon' }]],
  [[{ ...entry, until: '2026-13-01' }]],
  [[{ ...entry, untill: '2027-01-01' }]],
])('%j accepts nothing, and says why', async (content) => {
  const list = await accepted(content);
  expect(list.problems).toMatchObject([{ severity: 'error', code: 'UNREADABLE_ACCEPTANCES' }]);
  expect(accept([gone], { accepted: list, today })).toEqual([gone]);
});

test('no file accepts nothing', async () => {
  const list = await readAcceptedBreaks(root);
  expect(list.problems).toEqual([]);
  expect(accept([gone], { accepted: list, today })).toEqual([gone]);
});
