import { expect, test } from 'vitest';

import { bannedWords } from './banned-words.ts';
import { bannedWordsIn } from './plain-english.ts';

const found = (text: string) => bannedWordsIn([{ path: 'a.md', text }]);

/** One for each entry of the list, in its order. */
const examples = [
  'It mends what differs.',
  'Whoever reads this.',
  'Taken are JPEG and PNG.',
  'The client is told.',
  'Every road ends here.',
  'It looks through the bytes.',
  'A signed address.',
  'The first picture.',
  'It is handed out from memory.',
  'A rendition is made.',
  'Locks are given back.',
  'A token of its own.',
  'The name stands in the log.',
  'Two headers are none.',
  'There is no telling.',
  'There is no help to be had.',
  'Node runs it as it is.',
  'Metrics beside the logs.',
  'It is gone for good.',
  'It tries in vain.',
  'A request that has begun.',
  'Its everyday news.',
  'Strangers send requests.',
  'The CMS knows nobody.',
  'Each use of a file.',
  'The log says so.',
  'There is no word of it.',
];

test.each(examples)('rejects: %s', (text) => {
  expect(found(text)).toHaveLength(1);
});

test('every entry of the list has an example here', () => {
  expect(examples.map((text) => found(text)[0]?.replace(/^.*: write /, ''))).toEqual(
    bannedWords.map(({ instead }) => `${instead}.`),
  );
});

test.each([
  'Connect to a private address.',
  'The <picture> element.',
  'A use case, for good reasons.',
  'Besides, the files lie beside each other.',
  'The broad recommendation amends it.',
  'As soon as it is sent, the request has started.',
])('accepts: %s', (text) => {
  expect(found(text)).toEqual([]);
});

test('does not check code spans, fenced blocks and targets of links', () => {
  expect(found('The label `road`, [see](docs/picture.md).\n\n```json\n"told"\n```\n')).toEqual([]);
});

test('reports position, words and what to write, also when a phrase continues on the next line', () => {
  expect(found('```\ncode\n```\nThe CMS knows\nnobody.')).toEqual([
    'a.md:4: "knows nobody": write has no reference to ….',
  ]);
});

const inFile = (path: string, text: string) =>
  bannedWordsIn([{ path, text }]).map((line) => line.split(' write')[0]);

test('checks comments and texts in TypeScript, and not its code', () => {
  const code = [
    '/** A list of',
    ' * its own. `told` is code. */',
    "const told = road('mend', /told me/); // whoever",
    "test('the client is told', () => {",
    '  throw new Error(`${told} files beside others: ${road}, for good`);',
    '});',
    "query('{ told road }');",
  ].join('\n');
  expect(inFile('gateway/a.ts', code)).toEqual([
    'gateway/a.ts:3: "whoever":',
    'gateway/a.ts:4: "told":',
    'gateway/a.ts:1: "of its own":',
    'gateway/a.ts:5: "beside":',
    'gateway/a.ts:5: "for good":',
  ]);
});

test('checks descriptions and comments in GraphQL, and not its code', () => {
  const schema = [
    '# A picture.',
    '"The road."',
    'type Picture {',
    '  """',
    '  Whoever asks.',
    '  """',
    '  told(mend: ID): Road @deprecated(reason: "Use it in vain.")',
    '}',
  ].join('\n');
  expect(inFile('a.graphql', schema)).toEqual([
    'a.graphql:5: "Whoever":',
    'a.graphql:2: "road":',
    'a.graphql:1: "picture":',
    'a.graphql:7: "in vain":',
  ]);
});

test('checks TypeScript in every folder, and skips what is generated', () => {
  expect(inFile('elsewhere/a.ts', '// told')).toHaveLength(1);
  expect(inFile('gateway/supergraph.graphql', '# told')).toEqual([]);
});
