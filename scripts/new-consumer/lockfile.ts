/** Whose dependencies the template has, to the version. */
const LIKE = 'art-gallery';

/** An importer of the lockfile: its line, and all below it that is indented further. */
const IMPORTER = new RegExp(`^  subgraphs/${LIKE}:\\n(?: {4}.*\\n)+`, 'm');

/**
 * The lockfile with a new consumer among its importers: the same dependencies as those of one that is there,
 * so nothing has to be resolved, and nothing is fetched. Where that one was taken out of the tree, the
 * lockfile as it is: installing resolves what is missing.
 */
export function withImporter(lockfile: string, name: string): string {
  return lockfile.replace(
    IMPORTER,
    (importer) => `${importer}\n${importer.replace(`subgraphs/${LIKE}`, `subgraphs/${name}`)}`,
  );
}
