import { Stack, Text, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { NavLink, useParams } from 'react-router';
import { AltTextFlow } from './alt-text-flow.tsx';
import { Duplicates } from './duplicates.tsx';
import { FileList } from './file-list.tsx';
import { LISTS, fileLists, isListName } from './lists.ts';
import classes from './work-lists.module.css';

/** Files that need attention. */
export function WorkListsPage() {
  const { t } = useTranslation('work');
  const { list } = useParams();
  const name = isListName(list) ? list : LISTS[0];
  return (
    <Stack className={classes['page']} gap="md">
      <Title order={1} size="h4">
        {t('heading')}
      </Title>
      <nav aria-label={t('lists')} className={classes['lists']}>
        {LISTS.map((one) => (
          <NavLink
            key={one}
            to={`/work-lists/${one}`}
            className={classes['tab'] ?? ''}
            data-active={one === name || undefined}
          >
            {t(`list.${one}`)}
          </NavLink>
        ))}
      </nav>
      <div>
        <Title order={2} size="h5">
          {t(`list.${name}`)}
        </Title>
        <Text c="dimmed" size="sm">
          {t(`hint.${name}`)}
        </Text>
      </div>
      {name === 'alt-text' && <AltTextFlow />}
      {name === 'duplicates' && <Duplicates />}
      {(name === 'unused' || name === 'large') && (
        <FileList key={name} name={name} list={fileLists[name]} />
      )}
    </Stack>
  );
}
