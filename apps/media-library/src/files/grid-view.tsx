import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { FileCard } from './file-card.tsx';
import type { LayoutProps } from './layout-props.ts';
import classes from './files.module.css';
import { useFileGrid } from './use-file-grid.ts';

const GAP = 12;
/** Below the thumbnail. */
const TEXT_HEIGHT = 68;
const DELETED_HEIGHT = 26;
const IDEAL_WIDTH = 208;

/** Files as cards. */
export function GridView(props: LayoutProps) {
  const { list, state, selection, scroller, width, actionsOf, onOpen, onVisible } = props;
  const { t } = useTranslation('files');
  const inner = Math.max(0, width - 2 * GAP);
  const columns = Math.max(2, Math.floor((inner + GAP) / (IDEAL_WIDTH + GAP)));
  const cardWidth = (inner - (columns - 1) * GAP) / columns;
  const textHeight = TEXT_HEIGHT + (list.isTrash ? DELETED_HEIGHT : 0);
  const rowHeight = Math.round(cardWidth * 0.75) + textHeight + GAP;
  const grid = useFileGrid({
    list,
    state,
    selection,
    scroller,
    columns,
    rowHeight,
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
      aria-rowcount={state.total === null ? -1 : Math.ceil(state.total / columns)}
      aria-colcount={columns}
      className={classes['space']}
      style={{ height: virtualizer.getTotalSize() + GAP }}
      {...grid.events}
    >
      {virtualizer.getVirtualItems().map((row) => (
        <div
          key={row.key}
          role="row"
          aria-rowindex={row.index + 1}
          className={classes['cards']}
          style={{
            height: rowHeight - GAP,
            gridTemplateColumns: `repeat(${columns}, 1fr)`,
            transform: `translateY(${row.start + GAP}px)`,
          }}
        >
          {list.ids(row.index * columns, (row.index + 1) * columns).map((id, column) => {
            const index = row.index * columns + column;
            return (
              <FileCard
                key={id}
                id={id}
                file={list.fileAt(index)}
                index={index}
                column={column}
                isTrash={list.isTrash}
                isSelected={selection.ids.has(id)}
                isActive={index === grid.activeIndex}
                speed={grid.speed}
                actions={actions}
                t={t}
              />
            );
          })}
        </div>
      ))}
    </div>
  );
}
