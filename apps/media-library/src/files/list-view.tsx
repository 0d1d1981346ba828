import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { FileRow } from './file-row.tsx';
import type { LayoutProps } from './layout-props.ts';
import { ListHeader } from './list-header.tsx';
import classes from './files.module.css';
import { useFileGrid } from './use-file-grid.ts';

const ROW_HEIGHT = 56;
const HEADER_HEIGHT = 40;

/** Files as a table. */
export function ListView(props: LayoutProps) {
  const { list, state, view, changeView, selection, scroller, actionsOf, onOpen, onVisible } =
    props;
  const { t } = useTranslation('files');
  const grid = useFileGrid({
    list,
    state,
    selection,
    scroller,
    columns: 1,
    rowHeight: ROW_HEIGHT,
    headerHeight: HEADER_HEIGHT,
    onOpen,
    onVisible,
  });
  const container = useRef<HTMLDivElement>(null);
  useEffect(() => grid.focusActive(container.current));
  const { virtualizer, activate } = grid;
  const actions = useMemo(() => actionsOf(activate), [actionsOf, activate]);
  return (
    <div
      ref={container}
      role="grid"
      aria-label={t('heading')}
      aria-multiselectable={props.multiple}
      aria-rowcount={state.total === null ? -1 : state.total + 1}
      {...grid.events}
    >
      <ListHeader isTrash={list.isTrash} view={view} changeView={changeView} />
      <div
        role="rowgroup"
        className={classes['space']}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const id = list.idAt(index);
          return (
            id !== undefined && (
              <div
                key={id}
                role="presentation"
                className={classes['rows']}
                style={{ height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
              >
                <FileRow
                  id={id}
                  file={list.fileAt(index)}
                  index={index}
                  column={0}
                  isTrash={list.isTrash}
                  isSelected={selection.ids.has(id)}
                  isActive={index === grid.activeIndex}
                  speed={grid.speed}
                  actions={actions}
                  t={t}
                />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}
