import type { UrlSigner } from '../delivery/signed-url.ts';
import type { MediaFileRecord } from './media-file.ts';

/**
 * Where browsers fetch a file's bytes. Null in the trash, and while there are none that were verified.
 * `signer` signs from the path on; `publicUrl` is asked late, since a free port is known only once it is taken.
 */
export const createAddresses =
  ({ signer, publicUrl }: { signer: UrlSigner; publicUrl: () => string }) =>
  (file: MediaFileRecord, { download }: { download: boolean }): string | null => {
    if (file.trashedAt || file.status === 'UPLOADED' || file.status === 'FAILED') return null;
    const path = signer.sign({
      storeId: file.storeId,
      mediaId: file.id,
      contentNumber: file.contentNumber,
      filename: file.filename,
      isPrivate: file.visibility === 'PRIVATE',
      download,
    });
    return `${publicUrl()}${path}`;
  };
