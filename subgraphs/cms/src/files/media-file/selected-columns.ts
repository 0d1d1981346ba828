import { type OperationInfo, selectedFields } from '@federated-media/subgraph-kit/selected-fields';
import type { MediaFile } from '../../generated/graphql.ts';
import type { FileField } from '../../model/media-file.ts';
import { urlFields } from '../../model/media-file-columns.ts';

/** What the resolvers of fields read that are not columns themselves. */
const readBy = {
  altTexts: ['texts'],
  auditLog: ['version'],
  contentVersions: urlFields,
  duration: ['durationSeconds'],
  focalPoint: ['focalX', 'focalY'],
  placeholder: ['thumbHash'],
  previewUrl: urlFields,
  srcSet: urlFields,
  url: urlFields,
  usages: ['usageCount'],
} as const satisfies Record<
  Exclude<keyof MediaFile, FileField | '__typename'>,
  readonly FileField[]
>;
const readByField = new Map<string, readonly FileField[]>(Object.entries(readBy));
const known = new WeakMap<OperationInfo['operation'], ReadonlySet<string>>();

/**
 * What resolvers read of the files of an operation: names of `mediaFileColumns`, and `texts`. A record that is read for
 * an operation has these only.
 */
export function fieldsReadBy(info: OperationInfo): ReadonlySet<string> {
  const before = known.get(info.operation);
  if (before) return before;
  // Shared caches must not store responses about PRIVATE files.
  const read = new Set<string>(['id', 'visibility']);
  known.set(info.operation, read);
  for (const [name, nodes] of selectedFields(info, 'MediaFile')) {
    for (const field of readByField.get(name) ?? [name]) read.add(field);
    // Without a locale it is the default text.
    const hasLocale = nodes.some(({ arguments: given = [] }) => given.length > 0);
    if (name === 'altText' && hasLocale) read.add('texts');
  }
  return read;
}
