import { useQuery } from '@apollo/client/react';
import { TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TAGS } from './queries.ts';

interface Props {
  readonly tags: readonly string[];
  readonly isEditable: boolean;
  readonly error: string | undefined;
  readonly onChange: (tags: readonly string[]) => void;
}

const TYPING_MS = 200;

/** Tags, with those that other files have as suggestions. */
export function TagsField({ tags, isEditable, error, onChange }: Props) {
  const { t } = useTranslation('details');
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim().slice(0, 100), TYPING_MS);
  const { data, previousData } = useQuery(TAGS, { variables: { search: search || null } });
  const known = (data ?? previousData)?.mediaTags ?? [];
  return (
    <TagsInput
      label={t('fields.tags')}
      description={t('hints.tags')}
      dir="auto"
      disabled={!isEditable}
      maxTags={50}
      // The server has chosen them already, ignoring accents.
      filter={({ options }) => options}
      data={known.map(({ name }) => name).filter((name) => !tags.includes(name))}
      comboboxProps={{ zIndex: 400 }}
      value={[...tags]}
      searchValue={typed}
      onSearchChange={setTyped}
      acceptValueOnBlur
      error={error}
      onChange={onChange}
    />
  );
}
