import { Button, Loader, Popover } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { Suspense, lazy } from 'react';
import { useTranslation } from 'react-i18next';
import type { FilterProps } from './filter-props.ts';
import { activeFilters } from './view.ts';

const FilterPanel = lazy(() => import('./filter-panel.tsx'));

export default function FilterButton(props: FilterProps) {
  const { t } = useTranslation('files');
  const active = activeFilters(props.view).length;
  return (
    <Popover position="bottom-end" width={320} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" px="sm" leftSection={<IconFilter size={16} aria-hidden />}>
          {active > 0 ? t('filter.active', { count: active }) : t('filter.label')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('filter.label')}>
        <Suspense fallback={<Loader size="sm" />}>
          <FilterPanel {...props} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  );
}
