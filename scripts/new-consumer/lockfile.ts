/** The template has exactly the dependencies of this subgraph. */
const LIKE = 'art-gallery';

/** An importer of the lockfile: its line, and all lines below it with more indentation. */
const IMPORTER = new RegExp(`^  subgraphs/${LIKE}:\\n(?: {4}.*\\n)+`, 'm');

/**
 * The lockfile with a new consumer among its importers. It has the same dependencies as an existing subgraph,
 * so nothing is resolved or fetched. Without that subgraph the lockfile stays unchanged, and installing
 * resolves what is missing.
 */
export function withImporter(lockfile: string, name: string): string {
  return lockfile.replace(
    IMPORTER,
    (importer) => `${importer}\n${importer.replace(`subgraphs/${LIKE}`, `subgraphs/${name}`)}`,
  );
}
