import { forbidden } from '@federated-media/subgraph-kit/errors';
import { type Caller, hasScope } from '@federated-media/subgraph-kit/identity';
import type { MediaFileRecord } from '../../model/media-file.ts';

const SCOPE = 'media:read';

/**
 * The file, if the caller may see its content: anyone who may read an entity sees its PUBLIC files.
 * @throws FORBIDDEN for a PRIVATE file without the scope of the library
 */
export function visible<File extends Pick<MediaFileRecord, 'visibility'>>(
  file: File,
  caller: Caller,
): File {
  if (file.visibility === 'PRIVATE' && !hasScope(caller, SCOPE)) throw forbidden(SCOPE);
  return file;
}
