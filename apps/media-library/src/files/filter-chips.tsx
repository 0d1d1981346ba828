import { Button, Pill } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../shared/format.ts';
import type { ChangeView, ViewChange } from './use-view.ts';
import { type FilterName, NO_FILTERS, type View, activeFilters, isFiltered } from './view.ts';

interface Chip {
  readonly key: string;
  readonly text: string;
  readonly without: ViewChange;
}

interface Props {
  readonly view: View;
  readonly changeView: ChangeView;
}

/** What limits the list, each with a button that removes it. */
export function FilterChips({ view, changeView }: Props) {
  const { t } = useTranslation('files');
  const chips = useChips(view);
  if (!isFiltered(view)) return null;
  return (
    <>
      {chips.map(({ key, text, without }) => (
        <Pill
          key={key}
          size="md"
          withRemoveButton
          removeButtonProps={{
            'aria-label': t('filter.remove', { text }),
            'aria-hidden': false,
            tabIndex: 0,
          }}
          onRemove={() => changeView(without)}
        >
          <bdi dir="auto">{text}</bdi>
        </Pill>
      ))}
      <Button variant="subtle" size="compact-sm" onClick={() => changeView(NO_FILTERS)}>
        {t('filter.clear')}
      </Button>
    </>
  );
}

function useChips(view: View): Chip[] {
  const { t } = useTranslation('files');
  const format = useFormat();
  const range = (from: string | undefined, to: string | undefined) =>
    from && to
      ? t('filter.between', { from, to })
      : from
        ? t('filter.since', { from })
        : t('filter.until', { to: to ?? '' });
  const day = (value: string | undefined) => value && format.day(`${value}T12:00:00`);
  const size = (value: number | undefined) =>
    value === undefined ? undefined : format.bytes(value);
  const search = view.q ? [{ key: 'q', text: `“${view.q}”`, without: { q: undefined } }] : [];
  const chips: Record<FilterName, () => Chip[]> = {
    type: () =>
      view.type.map((type) => ({
        key: `type ${type}`,
        text: t(`type.${type}`),
        without: (newest) => ({ type: newest.type.filter((one) => one !== type) }),
      })),
    tag: () =>
      view.tag.map((tag) => ({
        key: `tag ${tag}`,
        text: `#${tag}`,
        without: (newest) => ({ tag: newest.tag.filter((one) => one !== tag) }),
      })),
    by: () =>
      view.by.map((name) => ({
        key: `by ${name}`,
        text: `${t('column.uploader')}: ${name}`,
        without: (newest) => ({ by: newest.by.filter((one) => one !== name) }),
      })),
    used: () => [
      {
        key: 'used',
        text: t(view.used ? 'filter.usedTrue' : 'filter.usedFalse'),
        without: { used: undefined },
      },
    ],
    missingAlt: () => [
      {
        key: 'missingAlt',
        text: t(view.missingAlt ? 'filter.missingAltTrue' : 'filter.missingAltFalse'),
        without: { missingAlt: undefined },
      },
    ],
    added: () => [
      {
        key: 'added',
        text: `${t('column.added')}: ${range(day(view.from), day(view.to))}`,
        without: { from: undefined, to: undefined },
      },
    ],
    size: () => [
      {
        key: 'size',
        text: `${t('column.size')}: ${range(size(view.minSize), size(view.maxSize))}`,
        without: { minSize: undefined, maxSize: undefined },
      },
    ],
  };
  return [...search, ...activeFilters(view).flatMap((name) => chips[name]())];
}
