/** The fields of a MediaFile that an image needs: `url srcSet width height placeholder altText decorative`. */
export interface Picture {
  readonly url?: string | null;
  readonly srcSet?: string | null;
  readonly width?: number | null;
  readonly height?: number | null;
  readonly placeholder?: string | null;
  readonly altText?: string | null;
  readonly altTexts?: readonly { readonly locale: string; readonly text: string }[] | null;
  readonly decorative?: boolean | null;
}

export interface PictureOptions {
  /** As in `<img sizes>`: how wide the image is shown. Default: `100vw`. */
  readonly sizes?: string;
  /** The width and height that `url` and `srcSet` were asked with, if they change the aspect ratio. */
  readonly transform?: { readonly width?: number | null; readonly height?: number | null };
  /** The language of the alternative text, if `altTexts` was asked for. */
  readonly locale?: string;
  /** True for the largest image at the top of a page: it is loaded at once and first. */
  readonly priority?: boolean;
}

/** Attributes of `<img>`, named as in React and the DOM. */
export interface PictureProps {
  readonly src: string | undefined;
  readonly srcSet: string | undefined;
  readonly sizes: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly alt: string;
  readonly loading: 'lazy' | 'eager';
  readonly decoding: 'async';
  readonly fetchPriority: 'high' | 'auto';
  readonly style: Readonly<Record<string, string>>;
}

/**
 * The attributes of an `<img>` that shows a file: the browser chooses the smallest sufficient size, reserves the space
 * before it loads, and shows the placeholder meanwhile.
 */
export function pictureProps(media: Picture, options: PictureOptions = {}): PictureProps {
  const { sizes = '100vw', priority = false } = options;
  const { width, height } = sizeOf(media, options.transform);
  const { placeholder } = media;
  return {
    src: media.url ?? undefined,
    srcSet: media.srcSet ?? undefined,
    sizes: media.srcSet ? sizes : undefined,
    width,
    height,
    alt: altOf(media, options.locale),
    loading: priority ? 'eager' : 'lazy',
    decoding: 'async',
    fetchPriority: priority ? 'high' : 'auto',
    style: {
      maxWidth: '100%',
      height: 'auto',
      ...(placeholder && {
        backgroundImage: `url("${placeholder}")`,
        backgroundSize: 'cover',
        backgroundPosition: 'center',
      }),
    },
  };
}

/** With one side only the aspect ratio stays; with both, they are the aspect ratio. */
function sizeOf({ width, height }: Picture, transform: PictureOptions['transform']) {
  const [wanted, wantedHeight] = [transform?.width, transform?.height];
  if (wanted && wantedHeight) return { width: wanted, height: wantedHeight };
  if (!width || !height) return { width: undefined, height: undefined };
  if (wanted) return { width: wanted, height: Math.round((wanted * height) / width) };
  if (wantedHeight)
    return { width: Math.round((wantedHeight * width) / height), height: wantedHeight };
  return { width, height };
}

/** The text in this language, in the language without its region, or the default text. */
function altOf({ altText, altTexts, decorative }: Picture, locale: string | undefined): string {
  if (decorative) return '';
  const textIn = (wanted: string | undefined) =>
    altTexts?.find((one) => one.locale.toLowerCase() === wanted?.toLowerCase())?.text;
  return textIn(locale) ?? textIn(locale?.split('-')[0]) ?? altText ?? '';
}
