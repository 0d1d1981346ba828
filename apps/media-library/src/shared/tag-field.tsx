import { useQuery } from '@apollo/client/react';
import { TagsInput, type TagsInputProps } from '@mantine/core';
import { graphql } from '../generated/gql.ts';
import { useOpenList } from './suggestions.ts';
import { useSuggestions } from './use-suggestions.ts';

const TAGS = graphql(`
  query TagSuggestions($search: String) {
    mediaTags(search: $search, first: 20) {
      name
    }
  }
`);

interface Props extends Pick<
  TagsInputProps,
  | 'label'
  | 'description'
  | 'disabled'
  | 'error'
  | 'comboboxProps'
  | 'styles'
  | 'withScrollArea'
  | 'wrapperProps'
> {
  readonly value: readonly string[];
  readonly onChange: (tags: string[]) => void;
}

/** Tags, with those of the store as suggestions. */
export function TagField({ value, onChange, ...props }: Props) {
  const { search, typed, setTyped } = useSuggestions(100);
  const list = useOpenList();
  const { data, previousData } = useQuery(TAGS, {
    variables: { search },
    fetchPolicy: 'cache-and-network',
  });
  const names = (data ?? previousData)?.mediaTags.map(({ name }) => name) ?? [];
  return (
    <TagsInput
      {...props}
      dir="auto"
      maxTags={50}
      splitChars={[',']}
      acceptValueOnBlur
      // The server has chosen them, ignoring case and accents.
      filter={({ options }) => options}
      data={names.filter((name) => !value.includes(name))}
      value={[...value]}
      onChange={(tags) => {
        list.close();
        onChange(tags);
      }}
      onDuplicate={list.close}
      searchValue={typed}
      onSearchChange={(text) => {
        setTyped(text);
        if (text !== '') list.open();
      }}
      onClick={list.open}
      {...list.props}
      renderOption={({ option }) => <bdi dir="auto">{option.value}</bdi>}
    />
  );
}
