import { useQuery } from '@apollo/client/react';
import { Text, Title } from '@mantine/core';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import styles from './details.module.css';
import type { Point } from './draft.ts';
import { CENTRE, cropPosition } from './geometry.ts';
import { CROP, PRESETS } from './queries.ts';

/** Each is a rendition. */
const MAX_CROPS = 20;

interface Props {
  readonly file: FileDetailsFragment;
  readonly point: Point;
}

/** The image in each preset that crops it: as it will be while the focal point moves, and as it is served after saving. */
export function Crops({ file, point }: Props) {
  const { t } = useTranslation('details');
  const { data } = useQuery(PRESETS);
  const saved = file.focalPoint ?? CENTRE;
  const isMoved = saved.x !== point.x || saved.y !== point.y;
  const crops = data?.imagePresets.flatMap(({ name, width, height, fit }) =>
    fit === 'COVER' && width && height ? [{ name, ratio: width / height }] : [],
  );
  const presets = file.largeUrl === null ? [] : crops?.slice(0, MAX_CROPS);
  return (
    <section aria-labelledby="crops">
      <Title order={3} size="h5" id="crops" mb="xs">
        {t('crops.heading')} ({isMoved ? t('crops.unsaved') : t('crops.saved')})
      </Title>
      <ul className={styles.crops}>
        {presets?.map((preset) => (
          <Crop key={preset.name} file={file} preset={preset} moved={isMoved ? point : null} />
        ))}
      </ul>
      {presets?.length === 0 && <Text size="sm">{t('crops.none')}</Text>}
    </section>
  );
}

interface CropProps {
  readonly file: FileDetailsFragment;
  readonly preset: { readonly name: string; readonly ratio: number };
  /** Null: the image of the server is right. */
  readonly moved: Point | null;
}

function Crop({ file, preset: { name, ratio }, moved }: CropProps) {
  const { id, version, width, height, largeUrl } = file;
  const { data, refetch } = useQuery(CROP, { variables: { id, preset: name } });
  // The URL contains the focal point.
  useEffect(() => void refetch(), [version, refetch]);
  const url = data?.mediaFile?.url;
  if (!url) return null;
  const isDrawnHere = moved && largeUrl && width && height;
  return (
    <li>
      <img
        className={styles.crop}
        src={isDrawnHere ? largeUrl : url}
        alt=""
        data-preset={name}
        data-crop={isDrawnHere ? 'moved' : 'served'}
        style={{
          aspectRatio: ratio,
          ...(isDrawnHere && { objectPosition: cropPosition({ width, height }, ratio, moved) }),
        }}
      />
      <Text size="sm" mt={4}>
        {name}
      </Text>
    </li>
  );
}
