import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { MediaLibraryOrderField } from '../generated/graphql.ts';
import type { ChangeView } from './use-view.ts';
import classes from './files.module.css';
import { type View, orderOf, reversed, usualDirection } from './view.ts';

const COLUMNS = [
  { name: 'name', field: 'ORIGINAL_FILENAME' },
  { name: 'type', field: null },
  { name: 'size', field: 'FILE_SIZE' },
  { name: 'dimensions', field: null },
  { name: 'folder', field: null },
  { name: 'usages', field: 'USAGE_COUNT' },
  { name: 'added', field: 'CREATED_AT' },
  { name: 'deleted', field: 'TRASHED_AT' },
  { name: 'uploader', field: null },
] as const;

interface Props {
  readonly isTrash: boolean;
  readonly view: View;
  readonly changeView: ChangeView;
}

/** The names of the columns. A click orders by it; another one reverses the order. */
export function ListHeader({ isTrash, view, changeView }: Props) {
  const { t } = useTranslation('files');
  const { field: current, direction } = orderOf(view);
  const columns = COLUMNS.filter(({ name }) => name !== (isTrash ? 'added' : 'deleted'));

  function orderBy(field: MediaLibraryOrderField) {
    changeView((newest) =>
      field === orderOf(newest).field
        ? reversed(newest)
        : { order: field, dir: usualDirection(field) },
    );
  }

  return (
    <div role="rowgroup" className={classes['header']}>
      <div role="row" aria-rowindex={1} className={classes['row']}>
        <div role="columnheader" className={classes['cell']}>
          <VisuallyHidden>{t('column.selected')}</VisuallyHidden>
        </div>
        {columns.map(({ name, field }) => {
          const isCurrent = field === current;
          const Arrow = direction === 'ASC' ? IconChevronUp : IconChevronDown;
          return (
            <div
              key={name}
              role="columnheader"
              className={classes['cell']}
              data-column={name}
              aria-sort={isCurrent ? (direction === 'ASC' ? 'ascending' : 'descending') : undefined}
            >
              {field ? (
                <UnstyledButton className={classes['sort'] ?? ''} onClick={() => orderBy(field)}>
                  {t(`column.${name}`)}
                  {isCurrent && <Arrow size={16} aria-hidden />}
                </UnstyledButton>
              ) : (
                t(`column.${name}`)
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
