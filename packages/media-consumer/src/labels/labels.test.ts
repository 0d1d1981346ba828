import { lengthOf } from '@federated-media/subgraph-kit/text';
import { expect, test } from 'vitest';
import { createLabels } from './labels.ts';

const labelOf = createLabels({
  entityType: 'Note',
  editUrl: 'https://admin.example/n/{id}?a={id}',
});
const id = '01a205d3-6b0a-7c39-9ad2-0c2f63f4a7c1';
const textOf = (name: string) => labelOf({ id, name }).label ?? '';

test('a label is the type of the entity and its name, and the URL contains its id', () => {
  expect(labelOf({ id, name: 'Shopping' })).toEqual({
    label: 'Note: Shopping',
    url: `https://admin.example/n/${id}?a=${id}`,
  });
  expect(labelOf({ id, name: null }).label).toBeNull();
  const without = createLabels({ entityType: 'Note', editUrl: null });
  expect(without({ id, name: '' })).toEqual({ label: 'Note: ', url: null });
});

test('URLs have their normal form, so that they equal what the CMS stores', () => {
  const { url } = createLabels({ entityType: 'Note', editUrl: 'HTTPS://Admin.Example:443/ä/{id}' })(
    {
      id,
      name: null,
    },
  );
  expect(url).toBe(`https://admin.example/%C3%A4/${id}`);
});

test('a long name is cut between two characters, as readers see them', () => {
  expect(textOf('x'.repeat(249))).toBe(`Note: ${'x'.repeat(249)}`);
  expect(textOf('x'.repeat(250))).toBe(`Note: ${'x'.repeat(248)}…`);
  const family = '👨‍👩‍👧‍👦';
  expect(textOf(family.repeat(60))).toBe(`Note: ${family.repeat(35)}…`);
  expect(textOf(`${'x'.repeat(247)}${family}`)).toBe(`Note: ${'x'.repeat(247)}…`);
  expect(lengthOf(textOf('👍'.repeat(400)))).toBe(255);
});

test('control characters, which the CMS rejects, become spaces', () => {
  expect(textOf('a\tb\u0000\u0085c\n')).toBe('Note: a b c ');
});
