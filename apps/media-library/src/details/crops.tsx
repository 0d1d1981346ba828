import { useQuery } from '@apollo/client/react';
import { Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import styles from './details.module.css';
import type { Point } from './draft.ts';
import { CENTRE, cropPosition } from './geometry.ts';
import { CROPS } from './queries.ts';

/** The aspect ratios of the default presets, until an image of the server shows the real one. */
const RATIOS = { thumbnail: 1, card: 4 / 3, hero: 16 / 9, og: 1200 / 630 } as const;
const NAMES = ['thumbnail', 'card', 'hero', 'og'] as const;

interface Props {
  readonly file: FileDetailsFragment;
  readonly point: Point;
}

/** The image in each preset: as it will be while the focal point moves, and as it is served after saving. */
export function Crops({ file, point }: Props) {
  const { t } = useTranslation('details');
  const { id, version, focalPoint } = file;
  const { data, refetch } = useQuery(CROPS, { variables: { id } });
  // The URLs contain the focal point.
  useEffect(() => void refetch(), [version, refetch]);
  const saved = focalPoint ?? CENTRE;
  const isMoved = saved.x !== point.x || saved.y !== point.y;
  return (
    <section aria-labelledby="crops">
      <Title order={3} size="h5" id="crops" mb="xs">
        {t('crops.heading')} ({isMoved ? t('crops.unsaved') : t('crops.saved')})
      </Title>
      <ul className={styles.crops}>
        {NAMES.map((name) => {
          const url = data?.mediaFile?.[name];
          return (
            url && (
              <li key={name}>
                <Crop
                  file={file}
                  ratio={RATIOS[name]}
                  url={url}
                  moved={isMoved ? point : null}
                  name={name}
                />
                <Text size="sm" mt={4}>
                  {name}
                </Text>
              </li>
            )
          );
        })}
      </ul>
      {data?.mediaFile && NAMES.every((name) => !data.mediaFile?.[name]) && (
        <Text size="sm">{t('crops.none')}</Text>
      )}
    </section>
  );
}

interface CropProps {
  readonly file: FileDetailsFragment;
  readonly name: string;
  readonly url: string;
  readonly ratio: number;
  /** Null: the image of the server is right. */
  readonly moved: Point | null;
}

function Crop({ file, name, url, ratio, moved }: CropProps) {
  const [served, setServed] = useState<number>();
  const { width, height, largeUrl } = file;
  const shown = served ?? ratio;
  const aspect = { aspectRatio: shown };
  if (moved && largeUrl && width && height) {
    const objectPosition = cropPosition({ width, height }, shown, moved);
    return (
      <img
        className={styles.crop}
        src={largeUrl}
        alt=""
        data-preset={name}
        data-crop="moved"
        style={{ ...aspect, objectPosition }}
      />
    );
  }
  return (
    <img
      className={styles.crop}
      src={url}
      alt=""
      data-preset={name}
      data-crop="served"
      style={aspect}
      onLoad={({ currentTarget }) =>
        setServed(currentTarget.naturalWidth / currentTarget.naturalHeight)
      }
    />
  );
}
