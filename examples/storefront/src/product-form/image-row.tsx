import type { ReactNode } from 'react';
import { Frame } from '../components/frame.tsx';
import type { ProductImageFragment } from '../generated/graphql.ts';
import { AltText } from './alt-text.tsx';
import type { Images } from './use-images.ts';

const THUMBNAIL = { width: 192, height: 192 } as const;

export const nameOf = ({ media }: ProductImageFragment): string =>
  media?.originalFilename ?? 'an image';

interface ImageRowProps {
  readonly image: ProductImageFragment;
  readonly images: Pick<Images, 'setAltText' | 'remove'>;
  readonly onRemoved: () => void;
  /** Further buttons. */
  readonly children?: ReactNode;
}

/** An image of the product with what can be changed. */
export function ImageRow({ image, images, onRemoved, children }: ImageRowProps) {
  const { media } = image;
  const name = nameOf(image);
  return (
    <>
      <div className="thumbnail">
        <Frame shape="square" media={media} transform={THUMBNAIL} sizes="96px" alt="" />
      </div>
      <div className="fields">
        <p className="name">
          <bdi>{media?.originalFilename ?? 'The file cannot be read at the moment.'}</bdi>
        </p>
        <AltText
          value={image.altText}
          fallback={media?.altText ?? null}
          isDecorative={media?.decorative ?? false}
          onSave={(text) => images.setAltText(image.id, text)}
        />
        <div className="actions">
          {children}
          {media && (
            <button
              aria-label={`Remove ${name}`}
              onClick={() => {
                images.remove(image);
                onRemoved();
              }}
            >
              Remove
            </button>
          )}
        </div>
      </div>
    </>
  );
}
