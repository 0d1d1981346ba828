/** Less than MAX_BODY_BYTES, whose default is 1 MB. */
const MAX_CHARACTERS = 990_000;
const longText = 'lamp on a table '.repeat(56_000);
const LIBRARY =
  'query ($filter: MediaLibraryFilter) { mediaLibrary(first: 1, filter: $filter) { totalCount } }';

const kinds: readonly [name: string, body: () => string][] = [
  ['unknown keys', () => filterOf(unknownKeys(MAX_CHARACTERS))],
  ['unknown keys with a long text', () => filterOf({ ...unknownKeys(500), search: longText })],
  ['wrong enum values', () => filterOf({ mediaType: wrongValues('NOPE') })],
  ['wrong kinds in a list', () => filterOf({ tags: wrongValues(7) })],
  ['a long text', () => filterOf({ search: longText })],
  ['a long text where an object belongs', () => filterOf({ fileSize: longText })],
  ['many variables', () => bodyOf(JSON.stringify(unknownKeys(MAX_CHARACTERS)))],
  ['deep lists', () => bodyOf(`{"filter":${nested('[', ']')}}`)],
  ['deep objects', () => bodyOf(`{"filter":${nested('{"search":', '}')}}`)],
];

/**
 * Bodies whose variables are expensive to read, check or report. Each is created once, because creating them during
 * the run would slow down the measured clients.
 */
export const hostileVariables: ReadonlyMap<string, () => string> = new Map(
  kinds.map(([name, make]) => {
    const body = make();
    return [name, () => body];
  }),
);

function bodyOf(variables: string): string {
  return `{"query":${JSON.stringify(LIBRARY)},"variables":${variables}}`;
}

function filterOf(filter: object): string {
  return bodyOf(JSON.stringify({ filter }));
}

function unknownKeys(characters: number): Record<string, number> {
  const count = Math.floor(characters / '"key10000":1,'.length);
  return Object.fromEntries(
    Array.from({ length: count }, (_none, index) => [`key${10_000 + index}`, 1]),
  );
}

function wrongValues(value: string | number): (string | number)[] {
  const length = Math.floor(MAX_CHARACTERS / (JSON.stringify(value).length + 1));
  return Array.from({ length }, () => value);
}

function nested(open: string, close: string): string {
  const depth = Math.floor(MAX_CHARACTERS / (open.length + close.length));
  return `${open.repeat(depth - 1)}1${close.repeat(depth - 1)}`;
}
