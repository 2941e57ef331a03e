import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { choice, choose } from '../router';

/** A column: its words, what is shown of a row, and what rows are sorted by (without it they are not). */
export interface Column<R> {
  key: string;
  title: string;
  show: (row: R) => ComponentChildren;
  by?: (row: R) => number | string | null | undefined;
  /** Words that explain the column. */
  hint?: string;
  isText?: boolean;
}

const rowHeight = 33;
/** More rows than this are drawn only where they are seen. */
const drawnAtOnce = 200;

/** A table that sorts by its headings; the order is in the URL. Thousands of rows stay fluid. */
export function Table<R>({ columns, rows, keyOf, name = 'sort', otherwise = '', caption, rowClass }: {
  columns: readonly Column<R>[];
  rows: readonly R[];
  keyOf: (row: R) => string | number;
  /** Name of the order in the URL. */
  name?: string;
  /** Order where none is chosen: a column's key, after a minus for descending. */
  otherwise?: string;
  caption: string;
  rowClass?: (row: R) => string;
}): JSX.Element {
  const order = choice(name, otherwise);
  const isDescending = order.startsWith('-');
  const sorted = sort(rows, columns.find((column) => column.key === order.replace(/^-/, '')), isDescending);
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ first: 0, last: 60 });
  const isLong = sorted.length > drawnAtOnce;
  useEffect(() => {
    const element = box.current;
    if (!isLong || !element) return;
    const look = (): void => {
      const top = -element.getBoundingClientRect().top;
      const first = Math.max(0, Math.floor(top / rowHeight) - 20);
      const last = Math.ceil((top + window.innerHeight) / rowHeight) + 20;
      setSeen((old) => (old.first === first && old.last === last ? old : { first, last }));
    };
    look();
    window.addEventListener('scroll', look, { passive: true });
    window.addEventListener('resize', look);
    return () => {
      window.removeEventListener('scroll', look);
      window.removeEventListener('resize', look);
    };
  }, [isLong]);
  const first = isLong ? Math.min(seen.first, sorted.length) : 0;
  const last = isLong ? Math.min(seen.last, sorted.length) : sorted.length;
  return (
    <div class="scroll" ref={box} tabIndex={0} role="region" aria-label={caption}>
      <table class={isLong ? 'long' : ''} aria-rowcount={sorted.length + 1}>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => {
              const isSorted = order.replace(/^-/, '') === column.key;
              const direction = isSorted ? (isDescending ? 'descending' : 'ascending') : undefined;
              return (
                <th key={column.key} scope="col" class={column.isText ? 'text' : ''} title={column.hint} {...(direction ? { 'aria-sort': direction } : {})}>
                  {column.by
                    ? <button type="button" onClick={() => choose(name, next(column.key, isSorted, isDescending, column.isText ?? false), otherwise)}>{column.title}<span aria-hidden="true">{isSorted ? (isDescending ? ' ↓' : ' ↑') : ''}</span></button>
                    : column.title}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr class="space" aria-hidden="true"><td colSpan={columns.length} style={{ height: `${first * rowHeight}px` }} /></tr>}
          {sorted.slice(first, last).map((row, index) => (
            <tr key={keyOf(row)} class={rowClass?.(row) ?? ''} aria-rowindex={first + index + 2}>
              {columns.map((column) => <td key={column.key} class={column.isText ? 'text' : ''}>{column.show(row)}</td>)}
            </tr>
          ))}
          {last < sorted.length && <tr class="space" aria-hidden="true"><td colSpan={columns.length} style={{ height: `${(sorted.length - last) * rowHeight}px` }} /></tr>}
        </tbody>
      </table>
    </div>
  );
}

const next = (key: string, isSorted: boolean, isDescending: boolean, isText: boolean): string => (isSorted ? (isDescending ? key : `-${key}`) : isText ? key : `-${key}`);

/** Rows in the order of a column; what has no value comes last in either direction. */
function sort<R>(rows: readonly R[], column: Column<R> | undefined, isDescending: boolean): readonly R[] {
  const by = column?.by;
  if (!by) return rows;
  const sign = isDescending ? -1 : 1;
  return rows.map((row) => ({ row, value: by(row) })).sort((a, b) => {
    const [isMissing, isOtherMissing] = [missing(a.value), missing(b.value)];
    if (isMissing || isOtherMissing) return Number(isMissing) - Number(isOtherMissing);
    if (typeof a.value === 'number' && typeof b.value === 'number') return sign * (a.value - b.value);
    return sign * String(a.value).localeCompare(String(b.value), 'en', { numeric: true });
  }).map(({ row }) => row);
}

const missing = (value: unknown): boolean => value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value));
