import { useGraphiQL } from '@graphiql/react';
import { useMemo, useState } from 'react';
import { type FoundImage, findImages } from './find-images.ts';

const MAX_SHOWN = 60;

/** The images of the result, below it. */
export function ImageStrip() {
  const response = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]?.response);
  const images = useMemo(() => findImages(parsed(response)), [response]);
  if (images.length === 0) return null;
  return (
    <ul className="images" aria-label="Images of the result">
      {images.slice(0, MAX_SHOWN).map((image) => (
        <li key={image.path} title={image.path}>
          <Thumbnail {...image} />
        </li>
      ))}
      {images.length > MAX_SHOWN && <li>and {images.length - MAX_SHOWN} more</li>}
    </ul>
  );
}

function Thumbnail({ href, src, srcSet, placeholder, alt, fileName }: FoundImage) {
  const [failed, setFailed] = useState<string | null>(null);
  const [loaded, setLoaded] = useState<string | null>(null);
  const image = (
    <figure>
      {failed === src ? (
        <span className="failed">no image, or not allowed here</span>
      ) : (
        <img
          src={src}
          srcSet={srcSet}
          sizes="128px"
          alt={alt ?? ''}
          loading="lazy"
          decoding="async"
          style={
            placeholder && loaded !== src ? { backgroundImage: `url("${placeholder}")` } : undefined
          }
          onLoad={() => setLoaded(src)}
          onError={() => setFailed(src)}
        />
      )}
      <figcaption>{alt || fileName || 'no alternative text'}</figcaption>
    </figure>
  );
  if (href === undefined) return image;
  return (
    <a href={href} target="_blank" rel="noreferrer">
      {image}
    </a>
  );
}

function parsed(response: string | null | undefined): unknown {
  try {
    return JSON.parse(response ?? 'null');
  } catch {
    return null;
  }
}
