import { type ComponentProps, useState } from 'react';
import {
  type Picture as Media,
  pictureProps,
  type PictureOptions,
  type PictureProps,
} from '../picture-props.ts';

/** `alt` replaces the text of the file, for example by that of a product. All other attributes are those of `<img>`. */
export interface PictureComponentProps
  extends PictureOptions, Omit<ComponentProps<'img'>, keyof PictureProps> {
  /** The fields `url srcSet width height placeholder altText decorative` of a file. Null shows nothing. */
  readonly media: Media | null | undefined;
  readonly alt?: string | null | undefined;
  readonly style?: ComponentProps<'img'>['style'];
}

/** An `<img>` that shows a file. The placeholder disappears when the image has loaded, so images may be transparent. */
export function Picture(props: PictureComponentProps) {
  const { media, sizes, transform, locale, priority, alt, style, onLoad, ...others } = props;
  const [loadedSrc, setLoadedSrc] = useState<string>();
  if (!media) return null;

  const attributes = pictureProps(media, {
    ...(sizes !== undefined && { sizes }),
    ...(transform && { transform }),
    ...(locale !== undefined && { locale }),
    ...(priority !== undefined && { priority }),
  });
  const isLoaded = loadedSrc !== undefined && loadedSrc === attributes.src;
  return (
    <img
      {...others}
      {...attributes}
      alt={media.decorative ? '' : (alt ?? attributes.alt)}
      style={{ ...attributes.style, ...(isLoaded && { backgroundImage: 'none' }), ...style }}
      onLoad={(event) => {
        setLoadedSrc(attributes.src);
        onLoad?.(event);
      }}
    />
  );
}
