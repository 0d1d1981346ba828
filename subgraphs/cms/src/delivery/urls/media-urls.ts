import type { UrlSigner } from './signed-url.ts';
import type { ImageTransform } from '../../generated/graphql.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import type { Placeholders } from '../rendition/placeholder.ts';
import type { Presets } from '../rendition/presets.ts';
import { type Recipe, formatRecipe } from '../rendition/recipe.ts';
import { srcSetCandidates } from './src-set.ts';
import { toRecipe } from '../rendition/transform.ts';

/**
 * Where browsers fetch a file's bytes, and the pictures made of them: computed from the file's own row,
 * whether or not a picture has been made yet. Null in the trash, and while there are no verified bytes.
 * @param signer signs from the path on
 * @param publicUrl asked late, since a free port is known only once it is taken
 * @param canShow whether a picture can be made of a file that is none itself
 */
export function createMediaUrls({
  signer,
  publicUrl,
  presets,
  placeholders,
  canShow,
}: {
  signer: UrlSigner;
  publicUrl: () => string;
  presets: Presets;
  placeholders: Placeholders;
  canShow: (file: Pick<MediaFileRecord, 'mimeType'>) => boolean;
}) {
  function address(
    file: MediaFileRecord,
    { recipe, download = false }: { recipe: Recipe | null; download?: boolean },
  ): string {
    const path = signer.sign({
      storeId: file.storeId,
      mediaId: file.id,
      contentNumber: file.contentNumber,
      recipe: recipe && formatRecipe(recipe),
      filename: recipe ? filenameOf(file, recipe) : file.filename,
      isPrivate: file.visibility === 'PRIVATE',
      download,
    });
    return `${publicUrl()}${path}`;
  }

  return {
    /** @throws BAD_USER_INPUT for a transform that can't be */
    url(
      file: MediaFileRecord,
      { transform, download }: { transform?: Maybe<ImageTransform>; download?: Maybe<boolean> },
    ): string | null {
      const recipe = transform ? toRecipe(transform, { presets, file }) : null;
      if (!isAvailable(file) || (recipe && file.mediaType !== 'IMAGE')) return null;
      return address(file, { recipe, download: download ?? false });
    },

    /** @throws BAD_USER_INPUT for a transform, or widths, that can't be */
    srcSet(
      file: MediaFileRecord,
      {
        transform,
        widths,
      }: { transform?: Maybe<ImageTransform>; widths?: Maybe<readonly number[]> },
    ): string | null {
      const recipe = toRecipe(transform ?? {}, { presets, file });
      const { width, height } = file;
      const image = width === null || height === null ? null : { width, height };
      const candidates = srcSetCandidates(recipe, {
        image: image ?? ONE_PIXEL,
        widths: widths ?? null,
      });
      if (!isAvailable(file) || file.mediaType !== 'IMAGE' || !image) return null;
      return candidates
        .map(({ width: real, recipe: one }) => `${address(file, { recipe: one })} ${real}w`)
        .join(', ');
    },

    /** @throws BAD_USER_INPUT for a transform that can't be */
    previewUrl(
      file: MediaFileRecord,
      { transform }: { transform?: Maybe<ImageTransform> },
    ): string | null {
      const recipe = toRecipe(transform ?? {}, { presets, file });
      return isAvailable(file) && canShow(file) ? address(file, { recipe }) : null;
    },

    placeholder: ({ thumbHash }: MediaFileRecord): string | null =>
      thumbHash && placeholders.of(thumbHash),
  };
}
/** As GraphQL hands over arguments that may be left out. */
type Maybe<Value> = Value | null | undefined;

export type MediaUrls = ReturnType<typeof createMediaUrls>;

/** What is asked is checked whatever it is asked of. */
const ONE_PIXEL = { width: 1, height: 1 };

export const isAvailable = ({ trashedAt, status }: MediaFileRecord) =>
  trashedAt === null && status === 'READY';

/** An AUTO rendition has no extension: which one would fit is settled when it is fetched. */
const filenameOf = ({ id }: MediaFileRecord, { format }: Recipe) =>
  format === 'auto' ? id : `${id}.${format}`;
