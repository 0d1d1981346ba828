import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../shared/format.ts';
import type { Queue } from '../queue/queue.ts';
import type { UploadItem } from '../queue/upload-item.ts';
import classes from './upload-panel.module.css';
import { UploadRow } from './upload-row.tsx';

const ROW_PX = 54;

/** Only the rows that can be seen are rendered. */
export function UploadList({ queue, items }: { queue: Queue; items: readonly UploadItem[] }) {
  const { t } = useTranslation('uploads');
  const { bytes } = useFormat();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 4,
  });
  return (
    <div
      ref={scroller}
      className={classes['list']}
      tabIndex={0}
      role="group"
      aria-label={t('panel.list')}
    >
      <ul className={classes['rows']} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ key, index, start }) => {
          const item = items[index];
          return (
            item && (
              <li
                key={key}
                ref={rows.measureElement}
                data-index={index}
                className={classes['row']}
                aria-setsize={items.length}
                aria-posinset={index + 1}
                style={{ transform: `translateY(${start}px)` }}
              >
                <UploadRow queue={queue} item={item} bytesOf={bytes} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}
