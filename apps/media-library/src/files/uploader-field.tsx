import { useQuery } from '@apollo/client/react';
import { MultiSelect } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { graphql } from '../generated/gql.ts';
import { IN_PANEL } from '../shared/suggestions.ts';
import { useSuggestions } from '../shared/use-suggestions.ts';

const UPLOADERS = graphql(`
  query Uploaders($search: String) {
    mediaUploaders(search: $search, first: 50) {
      name
    }
  }
`);

interface Props {
  readonly value: readonly string[];
  readonly onChange: (names: string[]) => void;
}

/** Those who have uploaded files. */
export function UploaderField({ value, onChange }: Props) {
  const { t } = useTranslation('files');
  const { search, typed, setTyped } = useSuggestions(255);
  const { data, previousData } = useQuery(UPLOADERS, {
    variables: { search },
    fetchPolicy: 'cache-and-network',
  });
  const found = (data ?? previousData)?.mediaUploaders.map(({ name }) => name) ?? [];
  return (
    <MultiSelect
      {...IN_PANEL}
      label={t('column.uploader')}
      searchable
      hidePickedOptions
      maxValues={50}
      // The server has chosen them, ignoring case and accents.
      filter={({ options }) =>
        options.filter((option) => 'value' in option && found.includes(option.value))
      }
      data={[...new Set([...value, ...found])]}
      value={[...value]}
      onChange={onChange}
      searchValue={typed}
      onSearchChange={setTyped}
      nothingFoundMessage={data && found.length === 0 && t('filter.noUploader')}
      renderOption={({ option }) => <bdi dir="auto">{option.value}</bdi>}
    />
  );
}
