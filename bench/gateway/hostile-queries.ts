const MAX_CHARACTERS = 99_000;

/** Queries that are expensive to read, check or plan; each call returns a different one. */
const hostileQueries: readonly [name: string, queryOf: (salt: number) => string][] = [
  // Far below the token limit.
  ['a comment', (salt) => `{ a${salt}: __typename #${'x'.repeat(MAX_CHARACTERS - 100)}\n}`],
  ['a text', (salt) => `{ product(id: "${salt}${'x'.repeat(MAX_CHARACTERS - 100)}") { id } }`],
  [
    'many root fields',
    (salt) =>
      `{${Array.from({ length: 1_600 }, (_none, index) => `a${salt}_${index}: __typename `).join('')}}`,
  ],
  [
    'a deep document',
    (salt) => `{${'products { nodes { '.repeat(800)} s${salt}: id ${'} } '.repeat(800)}}`,
  ],
  ['many fragments', (salt) => spread(salt, 60, 'products(first: 1) { nodes { id', '} }')],
  ['doubling fragments', (salt) => doubling(salt, 20)],
  ['equal names', (salt) => sameNames(salt, 900)],
  // As much as the limits allow.
  ['40 aliases', (salt) => `{ ${aliases(salt, 40)} }`],
  ['300 aliases', (salt) => `{ ${aliases(salt, 300)} }`],
];

/** The bodies of requests with these queries. */
export const hostileDocuments: ReadonlyMap<string, (salt: number) => string> = new Map(
  hostileQueries.map(([name, queryOf]) => [
    name,
    (salt: number) => JSON.stringify({ query: queryOf(salt) }),
  ]),
);

/** Fragments that are spread twice in the previous one: exponential when expanded. */
function doubling(salt: number, depth: number): string {
  const fragments = Array.from({ length: depth }, (_none, level) => {
    const next = level + 1 < depth ? `...F${level + 1}` : `s${salt}: id`;
    return `fragment F${level} on Product { a${level}: mediaAssociations { product { ${next} } } b${level}: mediaAssociations { product { ${next} } } }`;
  });
  return `{ products(first: 1) { nodes { ...F0 } } } ${fragments.join(' ')}`;
}

const aliases = (salt: number, count: number): string =>
  Array.from(
    { length: count },
    (_none, index) =>
      `p${salt}_${index}: product(id: "01a20d97-334b-70eb-a4c7-6a18098193a5") { id mediaAssociations { id media { url } } }`,
  ).join(' ');

/** Many fields of one name, which are compared in pairs. */
const sameNames = (salt: number, count: number): string =>
  `{ products(first: 1) { nodes { s${salt}: id ${Array.from({ length: count }, () => '... { id }').join(' ')} } } }`;

function spread(salt: number, count: number, open: string, close: string): string {
  const names = Array.from({ length: count }, (_none, index) => `F${index}`);
  const fragments = names.map(
    (name) => `fragment ${name} on Query { ${open} s${salt}: sku ${close} }`,
  );
  return `{ ${names.map((name) => `...${name}`).join(' ')} } ${fragments.join(' ')}`;
}
