/** Which way imports may point. ARCHITECTURE.md says why; `pnpm check` runs it. */

const tests = String.raw`(\.test\.ts$|/testing/)`;
const layers = String.raw`^subgraphs/([^/]+)/src/`;

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const betweenModules = [
  forbid(
    'subgraphs-are-strangers',
    'A subgraph talks to another over HTTP; it never imports it.',
    { path: '^(?:subgraphs|prisma)/([^/]+)/' },
    { path: '^(?:subgraphs|prisma)/', pathNot: '^(?:subgraphs|prisma)/$1/' },
  ),
  forbid(
    'subgraphs-know-no-gateway',
    'A subgraph works behind any router.',
    { path: '^subgraphs/' },
    { path: '^(gateway|test|bench|scripts)/' },
  ),
  forbid(
    'gateway-knows-no-subgraph',
    'The gateway knows subgraphs by their schema and address only.',
    { path: '^gateway/' },
    { path: '^(subgraphs|prisma|test|bench|scripts)/' },
  ),
  forbid(
    'kit-is-the-bottom',
    'The kit boots any subgraph; it may use the multipart reader and nothing else of ours.',
    { path: '^packages/subgraph-kit/' },
    {
      path: '^(gateway|subgraphs|prisma|test|bench|scripts|packages)/',
      pathNot: ['^packages/(subgraph-kit|multipart)/', '/package\\.json$'],
    },
  ),
  forbid(
    'multipart-stands-alone',
    'The multipart reader is used by the gateway and by subgraphs and knows neither.',
    { path: '^packages/multipart/' },
    {
      path: '^(gateway|subgraphs|prisma|test|bench|scripts|packages)/',
      pathNot: '^packages/multipart/',
    },
  ),
  forbid(
    'client-stands-alone',
    'What browsers load knows the graph by its schema only.',
    { path: '^packages/client/' },
    {
      path: '^(gateway|subgraphs|prisma|test|bench|scripts|packages)/',
      pathNot: '^packages/client/',
    },
  ),
  forbid(
    'examples-are-clients',
    'An example knows the graph by its schema only, as the app of another team does.',
    { path: '^examples/([^/]+)/' },
    {
      path: '^(examples|gateway|subgraphs|prisma|test|bench|scripts|packages)/',
      pathNot: ['^examples/$1/', '^packages/client/'],
    },
  ),
  forbid(
    'apps-are-clients',
    'An app knows the graph by its schema only.',
    { path: '^apps/([^/]+)/' },
    {
      path: '^(apps|examples|gateway|subgraphs|prisma|test|bench|scripts|packages)/',
      pathNot: ['^apps/$1/', '^packages/client/'],
    },
  ),
  forbid(
    'apps-are-served',
    'The gateway serves the files of an app; tests build and open it.',
    { pathNot: '^apps/' },
    { path: '^apps/' },
  ),
  forbid(
    'nobody-needs-examples',
    'An example can be removed; tests build it by its path.',
    { pathNot: '^examples/' },
    { path: '^examples/' },
  ),
  forbid(
    'media-consumer-knows-no-consumer',
    'What all consumers share knows none of them, and the CMS by its schema and address only.',
    { path: '^packages/media-consumer/' },
    { path: '^(gateway|subgraphs|prisma|test|bench|scripts)/' },
  ),
  forbid(
    'cms-is-no-consumer',
    'The CMS claims nothing from itself.',
    { path: '^subgraphs/cms/' },
    { path: '^packages/media-consumer/' },
  ),
  forbid(
    'stack-starts-processes',
    'The stack starts gateway and subgraphs as processes; it imports neither.',
    { path: '^packages/stack/' },
    { path: '^(gateway|subgraphs|prisma|test|bench|scripts)/' },
  ),
  forbid(
    'stack-is-for-tools',
    'What runs in production must not need the development stack.',
    { path: '^(gateway|subgraphs|packages)/', pathNot: ['^packages/stack/', tests] },
    { path: '^packages/stack/' },
  ),
  forbid(
    'migrations-know-no-subgraph',
    'Migrations are applied to any database from any folder.',
    { path: '^packages/migrations/' },
    { path: '^(gateway|subgraphs|prisma|test|bench|scripts)/' },
  ),
  forbid(
    'production-loads-by-path',
    'The program of the image knows modules by their folders, so that each can be removed.',
    { path: '^packages/production/', pathNot: tests },
    { path: '^(gateway|subgraphs|prisma|test|bench|scripts)/' },
  ),
  forbid(
    'nobody-needs-tests',
    'Only tests import tests and what is made for them.',
    {
      path: '^(gateway|subgraphs|packages|prisma|scripts)/',
      pathNot: [tests, String.raw`^packages/stack/`],
    },
    { path: tests },
  ),
];

/** Of the CMS: it wires the pool, or keeps a connection for locks or notifications (decision 14). */
export const otherDatabaseFiles = [
  'subgraphs/cms/src/delivery/rendition/rendition-locks.ts',
  'subgraphs/cms/src/intake/upload/staged/tus/upload-locks.ts',
  'subgraphs/cms/src/usage/change-feed/change-listener.ts',
];

const insideASubgraph = [
  forbid(
    'resolvers-ask-services',
    'A resolver says where, never how: no storage, no SQL.',
    { path: `${layers}.*resolvers\\.ts$` },
    {
      path: [
        `${layers}.*repository[^/]*\\.ts$`,
        String.raw`-sql\.ts$`,
        `${layers}storage/`,
        `${layers}generated/prisma/`,
        ...otherDatabaseFiles,
      ],
    },
  ),
  forbid(
    'services-know-no-resolvers',
    'Arrows point from resolvers to services to repositories.',
    { path: `${layers}.*(service|repository)[^/]*\\.ts$`, pathNot: tests },
    { path: `${layers}.*resolvers\\.ts$` },
  ),
  forbid(
    'repositories-know-no-services',
    'A repository holds statements, not decisions.',
    { path: `${layers}.*repository[^/]*\\.ts$`, pathNot: tests },
    { path: `${layers}.*service[^/]*\\.ts$`, dependencyTypesNot: ['type-only'] },
  ),
  forbid(
    'sql-in-repositories',
    'Only repositories, the wiring in `subgraph.ts` and the files listed above use Prisma or pg.',
    {
      path: layers,
      pathNot: [
        tests,
        String.raw`[/-]repository\.ts$`,
        String.raw`^subgraphs/[^/]+/src/subgraph\.ts$`,
        ...otherDatabaseFiles,
      ],
    },
    {
      path: [`${layers}generated/prisma/`, 'node_modules/(pg|@prisma/[^/]+)/'],
      pathNot: '/generated/prisma/enums\\.ts$',
    },
  ),
  forbid(
    'cms-loads-no-prisma',
    'The CMS uses pg; Prisma gives it types only (docs/decisions/0014).',
    { path: '^subgraphs/cms/', pathNot: tests },
    {
      path: ['^subgraphs/cms/src/generated/prisma/', 'node_modules/@prisma/'],
      dependencyTypesNot: ['type-only', 'npm-peer'],
    },
  ),
  {
    name: 'one-file-decodes-pictures',
    comment: 'sharp is limited in one place; a second caller would forget the limits.',
    severity: 'error',
    module: { path: 'node_modules/sharp/', numberOfDependentsMoreThan: 1 },
    from: { path: '^subgraphs/cms/', pathNot: tests },
  },
];

const cms = 'subgraphs/cms/src';

/** Folders of one row don't use each other; each may use the rows below its own. */
function stacked(folder, rowsFromTheTop) {
  return rowsFromTheTop.flatMap((row, index) =>
    row.map((name) => {
      const others = [
        ...row.filter((other) => other !== name),
        ...rowsFromTheTop.slice(0, index).flat(),
      ];
      return forbid(
        'cms-arrows-point-down',
        'A folder of the CMS uses the folders below it only. ARCHITECTURE.md draws them.',
        { path: `^${folder}/${name}/`, pathNot: tests },
        {
          path: [
            ...others.map((other) => `^${folder}/${other}/`),
            String.raw`^${folder}/[^/]+\.ts$`,
          ],
        },
      );
    }),
  );
}

const insideTheCms = [
  ...stacked(cms, [
    ['intake', 'delivery'],
    ['files'],
    ['usage'],
    ['storage'],
    ['platform'],
    ['model'],
  ]),
  ...stacked(`${cms}/intake`, [['upload'], ['commit'], ['reservations', 'source', 'verification']]),
  ...stacked(`${cms}/delivery`, [['routes'], ['urls'], ['rendition'], ['preview']]),
  ...stacked(`${cms}/files`, [
    ['library', 'trash'],
    ['media-file'],
    ['audit', 'file-types', 'store'],
  ]),
  ...stacked(`${cms}/usage`, [['change-feed'], ['ledger']]),
];

const everywhere = [
  forbid('no-cycles', 'A cycle is one file in two pieces.', {}, { circular: true }),
  forbid('imports-exist', 'Every import resolves.', {}, { couldNotResolve: true }),
  forbid(
    'dependencies-are-declared',
    'A package names what it imports, and production code needs no development dependency.',
    {
      path: '^(gateway/src|subgraphs|packages|examples)/',
      pathNot: [tests, String.raw`\.config\.ts$`, String.raw`/codegen\.ts$`],
    },
    {
      dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'],
      dependencyTypesNot: ['type-only', 'npm-peer'],
    },
  ),
];

export default {
  forbidden: [...betweenModules, ...insideASubgraph, ...insideTheCms, ...everywhere],
  options: {
    doNotFollow: { path: ['node_modules', '/generated/', '/dist/'] },
    exclude: { path: ['/dist/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
