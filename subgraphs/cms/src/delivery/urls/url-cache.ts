import { LRUCache } from 'lru-cache';
import type { UrlFile } from '../../model/media-file.ts';
import { type MediaUrls, isAvailable } from './media-urls.ts';

const MAX_CHARACTERS = 16 * 2 ** 20;
/** Longer arguments are not worth remembering. */
const MAX_ARGUMENTS = 300;

/** The texts of a file, for as long as nothing that they depend on changes. */
interface FileTexts extends Pick<UrlFile, 'contentNumber' | 'focalX' | 'focalY'> {
  /** Of a PRIVATE file: the quarter of an hour. */
  readonly step: number | null;
  /** By field and arguments. */
  readonly texts: Map<string, string>;
  readonly characters: number;
}

/**
 * Builds and signs each text once, which takes most of the time of a page of images otherwise (measured by
 * `pnpm bench page`). A text depends on the file, its content, its focal point, the arguments and, for a PRIVATE
 * file, on the quarter of an hour: all of them are compared, so a change of the file needs no invalidation. Files are
 * looked up by id and texts by a key that calls with the same arguments share, because a key of everything would have
 * to be built and hashed for each text.
 */
export function cacheMediaUrls(urls: MediaUrls, expiryStep: () => number): MediaUrls {
  const files = new LRUCache<string, FileTexts>({
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ characters }, id) => id.length + characters,
  });

  function textsOf({ id, contentNumber, focalX, focalY, visibility }: UrlFile): FileTexts {
    const step = visibility === 'PRIVATE' ? expiryStep() : null;
    const known = files.get(id);
    const isCurrent =
      known?.contentNumber === contentNumber &&
      known.focalX === focalX &&
      known.focalY === focalY &&
      known.step === step;
    if (isCurrent) return known;
    return { contentNumber, focalX, focalY, step, texts: new Map(), characters: 0 };
  }

  const cached = <Arguments extends object>(
    field: string,
    build: (file: UrlFile, args: Arguments) => string | null,
  ) => {
    const keyOf = createKeys(field);
    return (file: UrlFile, args: Arguments): string | null => {
      const key = keyOf(args);
      if (!isAvailable(file) || key.length > MAX_ARGUMENTS) return build(file, args);
      const current = textsOf(file);
      const known = current.texts.get(key);
      if (known !== undefined) return known;
      const built = build(file, args);
      if (built === null) return null;
      current.texts.set(key, built);
      const characters = current.characters + key.length + built.length;
      // Another object, because lru-cache computes the size of an entry only when its value changes.
      files.set(file.id, { ...current, characters });
      return built;
    };
  };

  return {
    url: cached('url', urls.url),
    srcSet: cached('srcSet', urls.srcSet),
    previewUrl: cached('previewUrl', urls.previewUrl),
    placeholder: urls.placeholder,
  };
}

/** The key of a field with its arguments, remembered for arguments that cannot change. */
function createKeys(field: string) {
  const known = new WeakMap<object, string>();
  return (args: object): string => {
    const before = known.get(args);
    if (before !== undefined) return before;
    const key = `${field} ${JSON.stringify(args)}`;
    if (Object.isFrozen(args)) known.set(args, key);
    return key;
  };
}
