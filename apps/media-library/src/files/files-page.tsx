import { useQuery } from '@apollo/client/react';
import { Loader, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { graphql } from '../generated/gql.ts';

const FILES = graphql(`
  query Files {
    mediaLibrary(first: 48) {
      nodes {
        id
        originalFilename
        url(transform: { preset: "thumbnail" })
      }
    }
  }
`);

export function FilesPage() {
  const { t } = useTranslation('files');
  const { data, loading } = useQuery(FILES);
  if (loading) return <Loader />;
  const files = data?.mediaLibrary.nodes ?? [];
  return (
    <Stack p="md">
      <Title order={1}>{t('heading')}</Title>
      {files.length === 0 && <Text>{t('none')}</Text>}
      <SimpleGrid cols={4}>
        {files.map((file) => (
          <Text key={file.id}>{file.originalFilename}</Text>
        ))}
      </SimpleGrid>
    </Stack>
  );
}
