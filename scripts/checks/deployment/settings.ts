import { allSubgraphs, settingName } from '@federated-media/stack/subgraphs';
import type { SourceFile } from '../source-files.ts';

/** Names that libraries read. */
const OF_LIBRARIES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION', 'NODE_ENV'];

/** The files that declare settings, as keys of schemas. */
export const SETTING_FILES =
  /^(?:gateway|packages\/(?:subgraph-kit|media-consumer)|subgraphs\/cms)\/src\/(?:[\w-]+\/)*(?:config|[\w-]*settings|cors|token-claims)\.ts$|^packages\/production\/src\/purge-relay\.ts$/;

/** Every environment variable that a process reads. */
export function knownSettings(sources: readonly SourceFile[]): ReadonlySet<string> {
  const declared = sources.flatMap(({ text }) =>
    Array.from(text.matchAll(/^\s+([A-Z][A-Z\d_]{2,})(?::|,$)/gm), ([, name = '']) => name),
  );
  const ofSubgraphs = allSubgraphs.flatMap(({ name }) =>
    (['PORT', 'DATABASE_URL', 'DATABASE_DIRECT_URL'] as const).map((kind) =>
      settingName(name, kind),
    ),
  );
  return new Set([...declared, ...ofSubgraphs, ...OF_LIBRARIES]);
}
