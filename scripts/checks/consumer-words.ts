import { outcomeOf, type Check } from './check.ts';
import { sourceFiles, type SourceFile } from './source-files.ts';

const consumers = new Set(
  'product products catalog catalogs artwork artworks gallery galleries blog blogs'.split(' '),
);

/** The CMS knows no consumer, nor does what consumers share: not in schema, tables, code, tests or settings. */
export function consumerWords(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    [path, ...text.split('\n')].flatMap((line, number) =>
      wordsOf(line)
        .filter((word) => consumers.has(word))
        .map((word) => `${path}:${number}: "${word}" is a consumer's word.`),
    ),
  );
}

/**
 * `ProductMedia`, `product_media` and `product-media` are all made of `product` and `media`.
 * PostgreSQL and PDF have catalogs of their own.
 */
function wordsOf(line: string): string[] {
  return line
    .replaceAll(/\bpg_catalog\b|\/Catalog\b/g, '')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/);
}

export const cmsKnowsNoConsumer: Check = {
  name: "no consumer's word in the CMS",
  async run() {
    const files = await sourceFiles(/^((subgraphs|prisma)\/cms|packages\/media-consumer)\//);
    if (files.length === 0) return { passed: false, report: 'Found no files of the CMS.' };
    return outcomeOf(consumerWords(files));
  },
};
