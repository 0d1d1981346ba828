import { useFragment } from '@apollo/client/react';
import { UnstyledButton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { graphql } from '../generated/gql.ts';
import { FileThumbnail } from '../shared/file-thumbnail.tsx';
import classes from './picker.module.css';

const CHOSEN_FILE = graphql(`
  fragment ChosenFile on MediaFile {
    id
    title
    originalFilename
    ...Thumbnail
  }
`);

interface Props {
  readonly id: string;
  readonly onRemove: (id: string) => void;
}

/** A selected file, as the list has read it. A click takes it out of the selection. */
export function ChosenFile({ id, onRemove }: Props) {
  const { t } = useTranslation('picker');
  const { data, complete } = useFragment({
    fragment: CHOSEN_FILE,
    fragmentName: 'ChosenFile',
    from: { __typename: 'MediaFile', id },
  });
  if (!complete) return null;
  const name = data.title ?? data.originalFilename;
  return (
    <li>
      <UnstyledButton
        className={classes['chosen-file']}
        aria-label={t('remove', { name })}
        title={t('remove', { name })}
        onClick={() => onRemove(id)}
      >
        <FileThumbnail file={data} sizes="40px" />
        <IconX size={14} aria-hidden className={classes['remove']} />
      </UnstyledButton>
    </li>
  );
}
