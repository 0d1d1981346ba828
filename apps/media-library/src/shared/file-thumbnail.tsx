import { pictureProps } from '@federated-media/client';
import { Picture } from '@federated-media/client/react';
import { Center } from '@mantine/core';
import { IconFileText, IconMovie, IconMusic, IconPhoto } from '@tabler/icons-react';
import { useState } from 'react';
import { graphql } from '../generated/gql.ts';
import type { MediaType, ThumbnailFragment } from '../generated/graphql.ts';

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
  /** While it passes by too fast to be seen, only its placeholder is shown. */
  readonly isFast?: boolean;
}

/** The image, or the preview of a file of another type. It has no text: its name is shown next to it. */
export function FileThumbnail({ file, sizes, isFast = false }: Props) {
  const style = { width: '100%', height: '100%', objectFit: 'contain' } as const;
  const [isWaiting, setIsWaiting] = useState(isFast);
  if (isWaiting && !isFast) setIsWaiting(false);
  if (isWaiting) return <div style={{ ...pictureProps(file, { sizes }).style, ...style }} />;
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
