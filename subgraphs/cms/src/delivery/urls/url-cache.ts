import { LRUCache } from 'lru-cache';
import type { UrlFile } from '../../model/media-file.ts';
import { type MediaUrls, isAvailable } from './media-urls.ts';

const MAX_CHARACTERS = 16 * 2 ** 20;
/** Longer arguments are not worth remembering. */
const MAX_ARGUMENTS = 300;

/**
 * Builds and signs each text once, which takes most of the time of a page of images otherwise (measured by
 * `pnpm bench page`). A text depends on the file, its content, its focal point, the arguments and, for a PRIVATE
 * file, on the quarter of an hour: all of them are in the key, so a change of the file needs no invalidation.
 */
export function cacheMediaUrls(urls: MediaUrls, expiryStep: () => number): MediaUrls {
  const texts = new LRUCache<string, string>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (text, key) => text.length + key.length,
  });

  const cached =
    <Arguments extends object>(
      field: string,
      build: (file: UrlFile, args: Arguments) => string | null,
    ) =>
    (file: UrlFile, args: Arguments): string | null => {
      if (!isAvailable(file)) return build(file, args);
      const step = file.visibility === 'PRIVATE' ? expiryStep() : '';
      const given = JSON.stringify(args);
      if (given.length > MAX_ARGUMENTS) return build(file, args);
      const { id, contentNumber, focalX, focalY } = file;
      const key = `${id} ${contentNumber} ${focalX} ${focalY} ${step} ${field} ${given}`;
      const known = texts.get(key);
      if (known !== undefined) return known;
      const built = build(file, args);
      if (built !== null) texts.set(key, built);
      return built;
    };

  return {
    url: cached('url', urls.url),
    srcSet: cached('srcSet', urls.srcSet),
    previewUrl: cached('previewUrl', urls.previewUrl),
    placeholder: urls.placeholder,
  };
}
