import { useQuery } from '@apollo/client/react';
import { Loader, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link, Outlet, useLocation } from 'react-router';
import { graphql } from '../generated/gql.ts';
import { FileThumbnail } from '../shared/file-thumbnail.tsx';

const FILES = graphql(`
  query Files {
    mediaLibrary(first: 48) {
      nodes {
        originalFilename
        ...Thumbnail
      }
    }
  }
`);

export function FilesPage() {
  const { t } = useTranslation('files');
  const { search } = useLocation();
  const { data, loading } = useQuery(FILES);
  const files = data?.mediaLibrary.nodes ?? [];
  return (
    <Stack p="md">
      <Title order={1}>{t('heading')}</Title>
      {loading && <Loader />}
      {!loading && files.length === 0 && <Text>{t('none')}</Text>}
      <SimpleGrid cols={4}>
        {files.map((file) => (
          <div key={file.id}>
            <FileThumbnail file={file} sizes="200px" />
            <Link
              style={{ display: 'inline-block', minHeight: 24 }}
              to={{ pathname: `/files/${file.id}`, search }}
            >
              {file.originalFilename}
            </Link>
          </div>
        ))}
      </SimpleGrid>
      <Outlet />
    </Stack>
  );
}
