import { useQuery } from '@apollo/client/react';
import { UnstyledButton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { nameOf } from '../files/file-name.ts';
import { graphql } from '../generated/gql.ts';
import { FileThumbnail } from '../shared/file-thumbnail.tsx';
import { MOST_FILES } from './picked-files.ts';
import classes from './picker.module.css';

const CHOSEN_FILES = graphql(`
  query ChosenFiles($ids: [ID!]!) {
    mediaFiles(ids: $ids) {
      title
      originalFilename
      ...Thumbnail
    }
  }
`);

interface Props {
  readonly ids: readonly string[];
  readonly onRemove: (id: string) => void;
}

/** The selected files in their order. A click takes one out of the selection. */
export function ChosenFiles({ ids, onRemove }: Props) {
  const { t } = useTranslation('picker');
  const { data, previousData } = useQuery(CHOSEN_FILES, {
    variables: { ids: ids.slice(0, MOST_FILES) },
    skip: ids.length === 0,
  });
  const known = new Map(
    [...(previousData?.mediaFiles ?? []), ...(data?.mediaFiles ?? [])]
      .filter((file) => file !== null)
      .map((file) => [file.id, file]),
  );
  const files = ids.map((id) => known.get(id)).filter((file) => file !== undefined);
  if (files.length === 0) return null;
  return (
    <ol className={classes['chosen']} aria-label={t('chosen')}>
      {files.map((file) => (
        <li key={file.id}>
          <UnstyledButton
            className={classes['chosen-file']}
            aria-label={t('remove', { name: nameOf(file) })}
            title={t('remove', { name: nameOf(file) })}
            onClick={() => onRemove(file.id)}
          >
            <FileThumbnail file={file} sizes="40px" />
            <IconX size={14} aria-hidden className={classes['remove']} />
          </UnstyledButton>
        </li>
      ))}
    </ol>
  );
}
