import { useQuery } from '@apollo/client/react';
import { Autocomplete } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { IN_DETAILS, useOpenList } from '../shared/suggestions.ts';
import { FOLDERS } from './queries.ts';

interface Props {
  readonly folder: string;
  readonly isEditable: boolean;
  readonly error: string | undefined;
  readonly onChange: (folder: string) => void;
}

/** The path of a folder, with those that exist as suggestions. */
export function FolderField({ folder, isEditable, error, onChange }: Props) {
  const { t } = useTranslation('details');
  const list = useOpenList();
  const { data } = useQuery(FOLDERS);
  return (
    <Autocomplete
      {...IN_DETAILS}
      {...list.props}
      label={t('fields.folder')}
      description={t('hints.folder')}
      dir="auto"
      disabled={!isEditable}
      maxLength={100}
      limit={50}
      data={data?.mediaFolders.map(({ path }) => path) ?? []}
      value={folder}
      error={error}
      onChange={onChange}
      onKeyDown={({ key, nativeEvent }) => {
        if (key === 'Enter' && !nativeEvent.isComposing) list.close();
      }}
    />
  );
}
