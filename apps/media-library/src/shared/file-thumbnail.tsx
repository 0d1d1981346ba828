import { pictureProps } from '@federated-media/client';
import { Picture } from '@federated-media/client/react';
import { Center } from '@mantine/core';
import { IconFileText, IconMovie, IconMusic, IconPhoto } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { graphql } from '../generated/gql.ts';
import type { MediaType, ThumbnailFragment } from '../generated/graphql.ts';
import type { ScrollSpeed } from './scroll-speed.ts';

/** What `FileThumbnail` shows: spread `...Thumbnail` into a query. */
graphql(`
  fragment Thumbnail on MediaFile {
    id
    mediaType
    width
    height
    placeholder
    url(transform: { width: 320, height: 320 })
    srcSet(widths: [160, 320, 640])
    previewUrl(transform: { width: 320, height: 320 })
  }
`);

const ICONS = {
  IMAGE: IconPhoto,
  VIDEO: IconMovie,
  AUDIO: IconMusic,
  DOCUMENT: IconFileText,
} satisfies Record<MediaType, typeof IconPhoto>;

interface Props {
  readonly file: ThumbnailFragment;
  /** As the `sizes` of an `<img>`. */
  readonly sizes: string;
  /** If it appears while files pass by too fast to be seen, its placeholder is shown until they are slow again. */
  readonly speed?: ScrollSpeed;
}

/** The image, or the preview of a file of another type. It has no text: its name is shown next to it. */
export function FileThumbnail({ file, sizes, speed }: Props) {
  const style = { width: '100%', height: '100%', objectFit: 'contain' } as const;
  if (useIsWaiting(speed))
    return <div style={{ ...pictureProps(file, { sizes }).style, ...style }} />;
  if (file.mediaType === 'IMAGE' && file.url) {
    return <Picture media={file} sizes={sizes} alt="" style={style} />;
  }
  if (file.previewUrl) {
    return <img src={file.previewUrl} alt="" loading="lazy" decoding="async" style={style} />;
  }
  const Icon = ICONS[file.mediaType];
  return (
    <Center h="100%">
      <Icon size={40} stroke={1.2} aria-hidden />
    </Center>
  );
}

function useIsWaiting(speed: ScrollSpeed | undefined): boolean {
  const [isWaiting, setIsWaiting] = useState(speed?.isFast ?? false);
  useEffect(() => {
    if (!isWaiting) return undefined;
    return speed?.whenSlow(() => setIsWaiting(false));
  }, [isWaiting, speed]);
  return isWaiting;
}
