import { useQuery } from '@apollo/client/react';
import { TagsInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { graphql } from '../generated/gql.ts';

const TAGS = graphql(`
  query TagSuggestions($search: String) {
    mediaTags(search: $search, first: 20) {
      name
    }
  }
`);

interface Props {
  readonly label: string;
  readonly value: readonly string[];
  readonly onChange: (tags: string[]) => void;
}

/** Tags, with those of the store as suggestions. */
export function TagField({ label, value, onChange }: Props) {
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 200);
  const { data, previousData } = useQuery(TAGS, {
    variables: { search: search === '' ? null : search.slice(0, 100) },
    fetchPolicy: 'cache-and-network',
  });
  const suggestions = (data ?? previousData)?.mediaTags.map(({ name }) => name) ?? [];
  return (
    <TagsInput
      label={label}
      data={[...new Set(suggestions)]}
      value={[...value]}
      onChange={onChange}
      searchValue={typed}
      onSearchChange={setTyped}
      splitChars={[',']}
      maxTags={50}
      acceptValueOnBlur
      comboboxProps={{ withinPortal: false }}
      renderOption={({ option }) => <bdi dir="auto">{option.value}</bdi>}
    />
  );
}
