import { useQuery } from '@apollo/client/react';
import { Alert, Button, Center, Loader, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { graphql } from '../generated/gql.ts';
import type { MediaType } from '../generated/graphql.ts';
import { FileThumbnail } from '../shared/file-thumbnail.tsx';
import classes from './picker.module.css';

const FILES = graphql(`
  query FilesToChoose($filter: MediaLibraryFilter!, $after: String) {
    mediaLibrary(first: 48, filter: $filter, after: $after) {
      nodes {
        originalFilename
        status
        ...Thumbnail
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const WAIT_FOR_TYPING_MS = 250;

interface Props {
  readonly mediaTypes: readonly MediaType[] | null;
  readonly selected: readonly string[];
  /** Whether the position in the selection is shown. */
  readonly isNumbered: boolean;
  readonly onToggle: (id: string) => void;
  /** By a double click. */
  readonly onOpen: (id: string) => void;
}

export function FileGrid({ mediaTypes, selected, isNumbered, onToggle, onOpen }: Props) {
  const { t } = useTranslation('picker');
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text, WAIT_FOR_TYPING_MS);
  const { data, error, loading, refetch, fetchMore } = useQuery(FILES, {
    variables: {
      filter: {
        mediaType: mediaTypes ? [...mediaTypes] : null,
        search: search.trim() === '' ? null : search,
      },
    },
    fetchPolicy: 'cache-and-network',
  });
  const files = data?.mediaLibrary.nodes.filter(({ status }) => status === 'READY') ?? [];
  const pageInfo = data?.mediaLibrary.pageInfo;

  let below: ReactNode = null;
  if (loading && !data) below = <Loader />;
  else if (!data) below = <Button onClick={() => void refetch()}>{t('retry')}</Button>;
  else if (files.length === 0) below = <Text role="status">{t('none')}</Text>;
  else if (pageInfo?.hasNextPage) {
    const variables = { after: pageInfo.endCursor };
    below = (
      <Button variant="default" onClick={() => void fetchMore({ variables })}>
        {t('more')}
      </Button>
    );
  }
  return (
    <>
      <TextInput
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      {error && !data && (
        <Alert color="red" mt="md" role="alert">
          {t('unread')}
        </Alert>
      )}
      <ul className={classes['grid']}>
        {files.map((file) => {
          const position = selected.indexOf(file.id);
          return (
            <li key={file.id}>
              <UnstyledButton
                className={classes['file']}
                aria-pressed={position !== -1}
                onClick={() => onToggle(file.id)}
                onDoubleClick={() => onOpen(file.id)}
              >
                <span className={classes['image']}>
                  <FileThumbnail file={file} sizes="160px" />
                </span>
                <Text component="span" size="sm" truncate="end" display="block" dir="auto">
                  {file.originalFilename}
                </Text>
                {isNumbered && position !== -1 && (
                  <span className={classes['number']}>{position + 1}</span>
                )}
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
      <Center>{below}</Center>
    </>
  );
}
