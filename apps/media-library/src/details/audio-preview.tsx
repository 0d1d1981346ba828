import { Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import WaveSurfer from 'wavesurfer.js';
import styles from './details.module.css';

/** A larger file takes hundreds of MB of memory to decode. */
const MAX_DECODED_BYTES = 20e6;

interface Props {
  readonly url: string;
  readonly fileSize: number;
}

/** The browser's own controls, and above them the shape of the sound where it can be drawn. */
export default function AudioPreview({ url, fileSize }: Props) {
  const { t } = useTranslation('details');
  const wave = useRef<HTMLDivElement>(null);
  const player = useRef<HTMLAudioElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  const [failed, setFailed] = useState(false);
  const isLong = fileSize > MAX_DECODED_BYTES;

  useEffect(() => {
    if (isLong || !wave.current || !player.current) return undefined;
    const colours = getComputedStyle(wave.current);
    const drawn = WaveSurfer.create({
      container: wave.current,
      media: player.current,
      url,
      height: 96,
      barWidth: 2,
      barGap: 1,
      barRadius: 2,
      waveColor: colours.getPropertyValue('--mantine-color-dimmed'),
      progressColor: colours.getPropertyValue('--mantine-primary-color-filled'),
      cursorColor: colours.getPropertyValue('--mantine-color-text'),
    });
    drawn.on('ready', () => setDrawn(true));
    // The controls of the browser may still be able to play it.
    drawn.on('error', () => setDrawn(false));
    return () => drawn.destroy();
  }, [url, isLong]);

  return (
    <>
      <div ref={wave} className={styles.wave} title={t('preview.waveform')} aria-hidden />
      <audio
        ref={player}
        src={url}
        controls
        preload="metadata"
        data-drawn={isDrawn}
        onError={() => setFailed(true)}
      />
      {isLong && <Text size="sm">{t('preview.long')}</Text>}
      {failed && <Text size="sm">{t('preview.failed')}</Text>}
    </>
  );
}
