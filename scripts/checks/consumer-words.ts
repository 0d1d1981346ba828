import { outcomeOf, type Check } from './check.ts';
import { sourceFiles, type SourceFile } from './source-files.ts';

const consumers = new Set(
  'product products catalog catalogs artwork artworks gallery galleries blog blogs'.split(' '),
);

/**
 * Finds words of consumers in the CMS and in the package that consumers share: schema, tables, code, tests and
 * settings.
 */
export function consumerWords(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    [path, ...text.split('\n')].flatMap((line, number) =>
      wordsOf(line)
        .filter((word) => consumers.has(word))
        .map((word) => `${path}:${number}: "${word}" is a word of a consumer.`),
    ),
  );
}

/**
 * Splits `ProductMedia`, `product_media` and `product-media` into `product` and `media`. Catalogs of PostgreSQL and
 * PDF are ignored.
 */
function wordsOf(line: string): string[] {
  return line
    .replaceAll(/\bpg_catalog\b|\/Catalog\b/g, '')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
}

export const cmsKnowsNoConsumer: Check = {
  name: 'no consumer words in the CMS',
  async run() {
    const files = await sourceFiles(/^((subgraphs|prisma)\/cms|packages\/media-consumer)\//);
    if (files.length === 0) return { passed: false, report: 'Found no files of the CMS.' };
    return outcomeOf(consumerWords(files));
  },
};
