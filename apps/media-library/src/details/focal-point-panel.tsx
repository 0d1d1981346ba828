import { Button, Group, NumberInput, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import { Crops } from './crops.tsx';
import { FocalPoint } from './focal-point.tsx';
import { CENTRE, pointAt } from './geometry.ts';
import { useProblemText } from './problem.ts';
import type { FileEdit } from './use-file-edit.ts';

interface Props {
  readonly file: FileDetailsFragment;
  readonly edit: FileEdit;
  readonly isEditable: boolean;
}

/** Where the image is cropped, and how that looks. */
export function FocalPointPanel({ file, edit, isEditable }: Props) {
  const { t } = useTranslation('details');
  const textOf = useProblemText();
  const { focalPoint } = edit.draft;
  const point = focalPoint ?? CENTRE;
  const move = (x: number, y: number) => edit.edit({ focalPoint: pointAt(x, y) });
  const problem = edit.problemAt('focalPoint');
  return (
    <Stack>
      <Text size="sm">{t('crops.hint')}</Text>
      {file.largeUrl && (
        <FocalPoint
          file={file}
          url={file.largeUrl}
          point={point}
          isEditable={isEditable}
          onMove={move}
        />
      )}
      <Group align="end" gap="sm">
        <NumberInput
          w="9rem"
          label={t('crops.x')}
          min={0}
          max={100}
          decimalScale={1}
          suffix=" %"
          disabled={!isEditable}
          value={Math.round(point.x * 1_000) / 10}
          onChange={(x) => typeof x === 'number' && move(x / 100, point.y)}
        />
        <NumberInput
          w="9rem"
          label={t('crops.y')}
          min={0}
          max={100}
          decimalScale={1}
          suffix=" %"
          disabled={!isEditable}
          value={Math.round(point.y * 1_000) / 10}
          onChange={(y) => typeof y === 'number' && move(point.x, y / 100)}
        />
        <Button
          variant="default"
          disabled={!isEditable || focalPoint === null}
          onClick={() => edit.edit({ focalPoint: null })}
        >
          {t('crops.centre')}
        </Button>
      </Group>
      {problem && (
        <Text c="red" size="sm">
          {textOf(problem)}
        </Text>
      )}
      <Crops file={file} point={point} />
    </Stack>
  );
}
