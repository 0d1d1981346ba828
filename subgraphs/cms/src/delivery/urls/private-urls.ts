import { keepResponsePrivate } from '@federated-media/subgraph-kit/request-life';
import type { MediaFileRecord } from '../../model/media-file.ts';
import type { MediaUrls } from './media-urls.ts';

/** Shared caches must not store a response that contains the URL of a PRIVATE file: it expires. */
export function keepPrivateUrls(urls: MediaUrls): MediaUrls {
  const kept =
    <Arguments>(build: (file: MediaFileRecord, args: Arguments) => string | null) =>
    (file: MediaFileRecord, args: Arguments): string | null => {
      if (file.visibility === 'PRIVATE') keepResponsePrivate();
      return build(file, args);
    };
  return {
    url: kept(urls.url),
    srcSet: kept(urls.srcSet),
    previewUrl: kept(urls.previewUrl),
    placeholder: urls.placeholder,
  };
}
