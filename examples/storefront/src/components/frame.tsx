import { Picture, type PictureComponentProps } from '@federated-media/client/react';

interface FrameProps extends PictureComponentProps {
  readonly shape?: 'portrait' | 'square' | 'wide' | undefined;
}

/** An image as wide as its place. Without an image there is a placeholder, which is square if no shape is given. */
export const Frame = ({ shape, ...props }: FrameProps) =>
  props.media?.url ? (
    <div className={`frame ${shape ?? ''}`}>
      <Picture {...props} />
    </div>
  ) : (
    <div className={`frame empty ${shape ?? 'square'}`}>No image</div>
  );

/** The aspect ratio of each shape: the arguments of `url` and `srcSet` in the queries. */
export const PORTRAIT = { width: 800, height: 1000 } as const;
export const SQUARE = { width: 800, height: 800 } as const;
export const WIDE = { width: 1600, height: 900 } as const;

/** Places of the images of a list that is loading. */
export const Skeletons = ({ count, shape }: { count: number; shape: 'portrait' | 'wide' }) =>
  Array.from({ length: count }, (_none, index) => (
    <li key={index} aria-hidden="true">
      <div className={`frame ${shape}`} />
      <p className="caption">…</p>
    </li>
  ));
