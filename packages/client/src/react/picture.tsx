'use client';
import {
  type ComponentPropsWithRef,
  type Ref,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import {
  type Picture as Media,
  pictureProps,
  type PictureOptions,
  type PictureProps,
} from '../picture-props.ts';

/** `alt` replaces the text of the file, for example by that of a product. All other attributes are those of `<img>`. */
export interface PictureComponentProps
  extends PictureOptions, Omit<ComponentPropsWithRef<'img'>, keyof PictureProps> {
  /** The fields `url srcSet width height placeholder altText decorative` of a file. Null shows nothing. */
  readonly media: Media | null | undefined;
  readonly alt?: string | null | undefined;
  readonly style?: ComponentPropsWithRef<'img'>['style'];
}

/** An `<img>` that shows a file. The placeholder disappears when the image has loaded, so images may be transparent. */
export function Picture(props: PictureComponentProps) {
  const { media, sizes, transform, locale, priority, alt, style, ref, onLoad, ...others } = props;
  const image = useRef<HTMLImageElement>(null);
  const [loadedSrc, setLoadedSrc] = useState<string>();
  const src = media?.url ?? media?.srcSet ?? undefined;
  const attach = useCallback(
    (element: HTMLImageElement) => {
      image.current = element;
      return attachTo(ref, element);
    },
    [ref],
  );
  // On a page of a server, the image may have loaded before React listens.
  useEffect(() => {
    if (image.current?.complete && image.current.naturalWidth > 0) setLoadedSrc(src);
  }, [src]);
  if (!media) return null;

  const attributes = pictureProps(media, {
    ...(sizes !== undefined && { sizes }),
    ...(transform && { transform }),
    ...(locale !== undefined && { locale }),
    ...(priority !== undefined && { priority }),
  });
  const isLoaded = src !== undefined && loadedSrc === src;
  return (
    <img
      {...others}
      {...attributes}
      ref={attach}
      alt={media.decorative ? '' : (alt ?? attributes.alt)}
      style={{ ...attributes.style, ...(isLoaded && { backgroundImage: 'none' }), ...style }}
      onLoad={(event) => {
        setLoadedSrc(src);
        onLoad?.(event);
      }}
    />
  );
}

/** As React attaches an element to a `ref`. Returns how to detach it. */
function attachTo(ref: Ref<HTMLImageElement> | undefined, element: HTMLImageElement): () => void {
  if (typeof ref === 'function') {
    const detach = ref(element);
    return typeof detach === 'function' ? detach : () => ref(null);
  }
  if (ref) ref.current = element;
  return () => {
    if (ref) ref.current = null;
  };
}
