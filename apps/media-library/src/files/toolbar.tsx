import { ActionIcon, Box, NativeSelect } from '@mantine/core';
import {
  IconLayoutGrid,
  IconList,
  IconSortAscending,
  IconSortDescending,
} from '@tabler/icons-react';
import { type ReactNode, Suspense, lazy } from 'react';
import { useTranslation } from 'react-i18next';
import type { MediaType } from '../generated/graphql.ts';
import classes from './files.module.css';
import { SearchField } from './search-field.tsx';
import type { ChangeView } from './use-view.ts';
import { LAYOUTS, type View, orderFieldsOf, orderOf, reversed } from './view.ts';

const FilterButton = lazy(() => import('./filter-button.tsx'));

const ICONS = { grid: IconLayoutGrid, list: IconList };

interface Props {
  readonly view: View;
  readonly changeView: ChangeView;
  readonly mediaTypes: readonly MediaType[] | undefined;
  readonly children: ReactNode;
}

/** Search, filters, order and layout. */
export function Toolbar({ view, changeView, mediaTypes, children }: Props) {
  const { t } = useTranslation('files');
  const { field, direction } = orderOf(view);
  const fields = orderFieldsOf(view);
  const isAscending = direction === 'ASC';
  const Direction = isAscending ? IconSortAscending : IconSortDescending;
  const directionText = t(isAscending ? 'order.ASC' : 'order.DESC');
  return (
    <div className={classes['toolbar']}>
      {children}
      <div className={classes['search']}>
        <SearchField text={view.q ?? ''} changeView={changeView} />
      </div>
      <Suspense fallback={<Box w={90} h={36} />}>
        <FilterButton view={view} changeView={changeView} mediaTypes={mediaTypes} />
      </Suspense>
      <NativeSelect
        aria-label={t('order.label')}
        value={field}
        data={fields.map((value) => ({ value, label: t(`order.${value}`) }))}
        onChange={(event) => {
          const order = fields.find((one) => one === event.currentTarget.value);
          changeView({ order, dir: undefined });
        }}
      />
      <ActionIcon
        variant="default"
        size={36}
        title={directionText}
        aria-label={t('order.reverse', { now: directionText })}
        onClick={() => changeView(reversed)}
      >
        <Direction size={18} aria-hidden />
      </ActionIcon>
      <ActionIcon.Group aria-label={t('layout.label')} role="group">
        {LAYOUTS.map((layout) => {
          const Icon = ICONS[layout];
          const isShown = layout === (view.view ?? 'grid');
          return (
            <ActionIcon
              key={layout}
              variant={isShown ? 'filled' : 'default'}
              size={36}
              title={t(`layout.${layout}`)}
              aria-label={t(`layout.${layout}`)}
              aria-pressed={isShown}
              onClick={() => changeView({ view: layout }, { replace: true })}
            >
              <Icon size={18} aria-hidden />
            </ActionIcon>
          );
        })}
      </ActionIcon.Group>
    </div>
  );
}
