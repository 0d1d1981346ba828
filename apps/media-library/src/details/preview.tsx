import { Picture } from '@federated-media/client/react';
import { Anchor, Text } from '@mantine/core';
import { IconFileText, IconMovie, IconMusic, IconPhoto } from '@tabler/icons-react';
import { Suspense, lazy, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import styles from './details.module.css';
import { shownWidth } from './geometry.ts';

const AudioPreview = lazy(() => import('./audio-preview.tsx'));

interface Props {
  readonly file: FileDetailsFragment;
  /** As typed, so that it can be heard before it is saved. */
  readonly alt: string;
}

/** The file itself, as large as there is room. */
export function Preview({ file, alt }: Props) {
  const { t } = useTranslation('details');
  return (
    <div className={styles.preview}>
      <Content key={file.originalUrl} file={file} alt={alt} />
      {file.originalUrl && (
        <Anchor
          href={file.originalUrl}
          target="_blank"
          rel="noopener noreferrer"
          size="sm"
          c="inherit"
          underline="always"
        >
          {t('preview.open')}
        </Anchor>
      )}
    </div>
  );
}

function Content({ file, alt }: Props) {
  const { mediaType, originalUrl: url, largeUrl, largeSrcSet, largePreviewUrl: previewUrl } = file;
  if (mediaType === 'IMAGE' && largeUrl) {
    const media = { ...file, url: largeUrl, srcSet: largeSrcSet };
    return (
      <Picture
        media={media}
        alt={alt}
        sizes="(max-width: 62em) 100vw, 40rem"
        priority
        style={{ width: shownWidth(file, 60), maxHeight: '60vh' }}
      />
    );
  }
  if (mediaType === 'VIDEO' && url) return <Video url={url} poster={previewUrl} />;
  if (mediaType === 'AUDIO' && url) {
    return (
      <Suspense fallback={null}>
        <AudioPreview url={url} fileSize={file.fileSize} />
      </Suspense>
    );
  }
  if (previewUrl) return <img src={previewUrl} alt="" />;
  return <NoPreview file={file} />;
}

function Video({ url, poster }: { url: string; poster: string | null }) {
  const { t } = useTranslation('details');
  const [failed, setFailed] = useState(false);
  return (
    <>
      <video
        src={url}
        controls
        preload="metadata"
        playsInline
        onError={() => setFailed(true)}
        {...(poster && { poster })}
      />
      {failed && <Text size="sm">{t('preview.failed')}</Text>}
    </>
  );
}

const ICONS = {
  IMAGE: IconPhoto,
  VIDEO: IconMovie,
  AUDIO: IconMusic,
  DOCUMENT: IconFileText,
} as const;

function NoPreview({ file }: { file: FileDetailsFragment }) {
  const { t } = useTranslation('details');
  const Icon = ICONS[file.mediaType];
  return (
    <>
      <Icon size={72} stroke={1} aria-hidden />
      <Text size="sm">{t('preview.none')}</Text>
    </>
  );
}
