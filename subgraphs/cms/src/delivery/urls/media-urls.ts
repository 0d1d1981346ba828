import type { UrlSigner } from './signed-url.ts';
import type { ImageTransform } from '../../generated/graphql.ts';
import type { MediaFileRecord, UrlFile } from '../../model/media-file.ts';
import type { Placeholders } from '../rendition/placeholder.ts';
import type { Presets } from '../rendition/presets.ts';
import { type Recipe, formatRecipe } from '../rendition/recipe.ts';
import { isDrawing } from '../rendition/format.ts';
import { srcSetCandidates } from './src-set.ts';
import { toRecipe } from '../rendition/transform.ts';

/**
 * The URLs of a file's bytes and renditions, computed from the file's row whether or not the
 * rendition exists yet. Null for files in the trash and for files without verified bytes.
 * @param signer signs paths, without an origin
 * @param publicUrl is a function because a free port is known only after listening
 * @param canShow whether files of this type have a preview image
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
  function urlOf(
    file: UrlFile,
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
    /** @throws BAD_USER_INPUT for an invalid transform */
    url(
      file: UrlFile,
      { transform, download }: { transform?: Maybe<ImageTransform>; download?: Maybe<boolean> },
    ): string | null {
      const recipe = transform ? toRecipe(transform, { presets, file }) : null;
      if (!isAvailable(file) || (recipe && file.mediaType !== 'IMAGE')) return null;
      return urlOf(file, { recipe, download: download ?? false });
    },

    /** @throws BAD_USER_INPUT for an invalid transform or invalid widths */
    srcSet(
      file: UrlFile,
      {
        transform,
        widths,
      }: { transform?: Maybe<ImageTransform>; widths?: Maybe<readonly number[]> },
    ): string | null {
      const recipe = toRecipe(transform ?? {}, { presets, file });
      const { width, height } = file;
      const isVector = isDrawing(file);
      const image = width === null || height === null ? null : { width, height, isVector };
      const candidates = srcSetCandidates(recipe, {
        image: image ?? ONE_PIXEL,
        widths: widths ?? null,
      });
      if (!isAvailable(file) || file.mediaType !== 'IMAGE' || !image) return null;
      return candidates
        .map(
          ({ width: realWidth, recipe: candidate }) =>
            `${urlOf(file, { recipe: candidate })} ${realWidth}w`,
        )
        .join(', ');
    },

    /** @throws BAD_USER_INPUT for an invalid transform */
    previewUrl(file: UrlFile, { transform }: { transform?: Maybe<ImageTransform> }): string | null {
      const recipe = toRecipe(transform ?? {}, { presets, file });
      return isAvailable(file) && canShow(file) ? urlOf(file, { recipe }) : null;
    },

    placeholder: ({ thumbHash }: Pick<MediaFileRecord, 'thumbHash'>): string | null =>
      thumbHash && placeholders.of(thumbHash),
  };
}
/** How GraphQL passes optional arguments. */
type Maybe<Value> = Value | null | undefined;

export type MediaUrls = ReturnType<typeof createMediaUrls>;

/** Replaces an unknown size, so that the arguments of every file are validated. */
const ONE_PIXEL = { width: 1, height: 1 };

export const isAvailable = ({ trashedAt, status }: UrlFile) =>
  trashedAt === null && status === 'READY';

/** An AUTO rendition has no extension, because its format is chosen when it is fetched. */
const filenameOf = ({ id }: UrlFile, { format }: Recipe) =>
  format === 'auto' ? id : `${id}.${format}`;
